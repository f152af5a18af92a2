import type { ScanContext } from './scan.ts';
import { isFull, SLOTS, type SlotPlace, TOMBSTONE } from './slots.ts';
import type { UnitBytes } from './stable_units.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Where a unit belongs; see SlotPlace. */
export type UnitPlace = Omit<SlotPlace, 'slot' | 'control'>;

/** What the full slots of a unit were read as. */
export function takeUnit<T>(
  context: ScanContext<T>,
  { block, at }: UnitBytes,
  unit: UnitPlace,
): readonly T[] {
  const { shape, visitor } = context;
  if (visitor === undefined) return NOTHING as readonly T[];
  const place: Mutable<SlotPlace> = { ...unit, slot: 0, control: 0 };
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
  #empty = 0;
  #tombstones = 0;
  /** Some unit had changed at the first look: keys may have moved. */
  changed = false;
  unstable = 0;

  constructor(context: ScanContext<T>) {
    this.#context = context;
  }

  add({ block, at }: UnitBytes, taken: readonly T[]): void {
    const swiss = this.#context.shape.kind === 'swiss';
    let full = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      const control = block[at + slot] ?? 0;
      if (isFull(this.#context.shape.kind, control)) full++;
      else if (swiss && control === TOMBSTONE) this.#tombstones++;
      else this.#empty++;
    }
    this.#fill.push(full);
    for (const entry of taken) this.#entries.push(entry);
  }

  /** Counts and delivers all of it: the part is done. */
  tell(): void {
    const { totals, visitor } = this.#context;
    for (const full of this.#fill) {
      totals.units++;
      totals.fill[full] = (totals.fill[full] ?? 0) + 1;
      if (visitor === undefined) totals.entries += full;
    }
    totals.empty += this.#empty;
    totals.tombstones += this.#tombstones;
    totals.unstable += this.unstable;
    if (visitor === undefined) return;
    for (const entry of this.changed ? latest(this.#entries, visitor.identity) : this.#entries) {
      totals.entries++;
      visitor.deliver(entry);
    }
  }
}

/** Of entries with the same key the last one. */
function latest<T>(entries: readonly T[], identity: (entry: T) => string): Iterable<T> {
  const byKey = new Map<string, T>();
  for (const entry of entries) byKey.set(identity(entry), entry);
  return byKey.values();
}
