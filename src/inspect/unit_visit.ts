import { unitDigest } from './unit_digest.ts';
import type { ScanContext, SeenUnit } from './scan.ts';
import type { Addr } from '../model/addr.ts';
import { isFull, SLOTS, type SlotPlace, TOMBSTONE, type UnitPlace } from './slots.ts';
import type { UnitBytes } from './stable_units.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What the full slots of a unit were read as. */
export function takeUnit<T>(
  context: ScanContext<T>,
  { block, at }: UnitBytes,
  unit: () => UnitPlace,
): readonly T[] {
  const { shape, visitor } = context;
  if (visitor === undefined) return NOTHING as readonly T[];
  const { part, index, table, depth, old, address } = unit();
  const place: Mutable<SlotPlace> = { part, index, table, depth, old, address, slot: 0, control: 0 };
  const taken: T[] = [];
  for (let slot = 0; slot < SLOTS; slot++) {
    const control = block[at + slot] ?? 0;
    if (!isFull(shape.kind, control)) continue;
    place.slot = slot;
    place.control = control;
    const key = at + shape.keysAt + slot * shape.keyStride;
    taken.push(visitor.read(block, key, at + shape.elemsAt + slot * shape.elemStride, place));
  }
  return taken;
}

const NOTHING: readonly unknown[] = [];

/** Units of one part of a map that were read stably, in the order in which that was. */
export class KeptUnits<T> {
  readonly #context: ScanContext<T>;
  readonly #fill: number[] = [];
  readonly #entries: T[] = [];
  /** Only for visitors that want them. */
  readonly #units: SeenUnit<T>[] = [];
  #digest = 0;
  #empty = 0;
  #tombstones = 0;
  /** Some unit had changed at the first look: keys may have moved. */
  changed = false;
  unstable = 0;

  constructor(context: ScanContext<T>) {
    this.#context = context;
  }

  /** `outside`: the checksum of what lies outside of the slots. */
  add(
    { block, at }: UnitBytes,
    taken: readonly T[],
    address: Addr,
    outside: number,
    place: () => UnitPlace,
  ): void {
    const { shape, visitor } = this.#context;
    const swiss = shape.kind === 'swiss';
    let full = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      const control = block[at + slot] ?? 0;
      if (isFull(shape.kind, control)) full++;
      else if (swiss && control === TOMBSTONE) this.#tombstones++;
      else this.#empty++;
    }
    this.#fill.push(full);
    this.#digest += (unitDigest(block, at, shape.bytes, address) ^ outside) >>> 0;
    for (const entry of taken) this.#entries.push(entry);
    if (visitor?.unit === undefined) return;
    this.#units.push({ place: place(), controls: block.slice(at, at + SLOTS), entries: taken });
  }

  /** Counts and delivers all of it: the part is done. */
  tell(): void {
    const { totals, visitor } = this.#context;
    for (const full of this.#fill) {
      totals.units++;
      totals.fill[full] = (totals.fill[full] ?? 0) + 1;
      if (visitor === undefined) totals.entries += full;
    }
    totals.digest = (totals.digest + this.#digest) % 2 ** 48;
    totals.empty += this.#empty;
    totals.tombstones += this.#tombstones;
    totals.unstable += this.unstable;
    if (visitor === undefined) return;
    const { identity } = visitor;
    const told = this.changed && identity !== undefined ? latest(this.#entries, identity) : this.#entries;
    totals.entries += told.length;
    if (visitor.unit === undefined) for (const entry of told) visitor.deliver(entry);
    else this.#tellUnits(visitor.unit, told);
  }

  #tellUnits(unit: (unit: SeenUnit<T>) => void, told: readonly T[]): void {
    const kept = told.length === this.#entries.length ? undefined : new Set(told);
    for (const one of this.#units.sort((a, b) => byPlace(a.place, b.place)))
      unit(kept === undefined ? one : { ...one, entries: one.entries.filter((entry) => kept.has(entry)) });
  }
}

/** Of entries with the same key the last one. */
function latest<T>(entries: readonly T[], identity: (entry: T) => string): readonly T[] {
  const byKey = new Map<string, T>();
  for (const entry of entries) byKey.set(identity(entry), entry);
  return [...byKey.values()];
}

/** Old buckets first, then by number, each chain in its order. */
const byPlace = (a: UnitPlace, b: UnitPlace): number =>
  Number(b.old) - Number(a.old) || a.index - b.index || a.depth - b.depth;
