import { FACTS } from '../../model/record.ts';
import type { Growth } from '../../protocol/growth.ts';
import { classicHeader } from '../../stream/facts.ts';
import { monotonicOf } from '../../stream/lift.ts';
import type { TracedBatch } from '../../stream/traced_batch.ts';

/** A classic map on its way from one array of buckets to another. */
interface Migration {
  readonly pid: number;
  readonly map: number;
  readonly growth: Growth;
  readonly began: bigint;
  /** The old array: as long as the header names it, it is the same migration. */
  readonly old: bigint;
  told: number;
}

/** No more migrations are kept than this: maps that are dropped in the middle of one never end it. */
const MOST = 4096;
/** A header of runtime.hmap. */
const HEADER_BYTES = 48;
/** How often progress is told: each eighth of the way. */
const PARTS = 8;

/** The migrations that have begun and not ended. */
export class Migrations {
  readonly #all = new Map<string, Migration>();

  begin(growth: Growth, facts: DataView, batch: TracedBatch, row: number): void {
    const pid = batch.pid[row] ?? 0;
    const map = batch.map[row] ?? 0;
    const old = facts.getBigUint64(FACTS.header + 16, true);
    this.#all.set(`${pid} ${map}`, { pid, map, growth, began: monotonicOf(batch, row), old, told: 0 });
    const [oldest] = this.#all.keys();
    if (this.#all.size > MOST && oldest !== undefined) this.#all.delete(oldest);
  }

  /** The end of a migration, with what is known from its beginning. */
  end(growth: Growth, batch: TracedBatch, row: number): Growth {
    const name = nameOf(batch, row);
    const begun = this.#all.get(name);
    this.#all.delete(name);
    const old = growth.from ?? 0;
    const told = { ...growth, migration: { old_buckets: old, evacuated: old } };
    if (begun === undefined || begun.growth.from !== growth.from || begun.growth.to !== growth.to)
      return told;
    const { type } = begun.growth.map;
    const map = type === undefined ? growth.map : { ...growth.map, type };
    return { ...told, map, duration_ns: Number(monotonicOf(batch, row) - begun.began) };
  }

  /** Whether the map of a row is on its way. */
  has(batch: TracedBatch, row: number): boolean {
    return this.#all.has(nameOf(batch, row));
  }

  /** A clear ends a migration without finishing it. */
  forget(batch: TracedBatch, row: number): void {
    this.#all.delete(nameOf(batch, row));
  }

  /** How far each migration is, told once for each eighth of its way. `read` gives memory of a process as it is now. */
  progress(
    read: (pid: number, at: number, length: number) => Uint8Array | undefined,
    time: string,
  ): Growth[] {
    return [...this.#all].flatMap(([name, one]): Growth[] => {
      const bytes = read(one.pid, one.map, HEADER_BYTES);
      const view =
        bytes === undefined ? undefined : new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const migration = view === undefined ? undefined : classicHeader(view, 0).migration;
      if (view === undefined || migration === undefined || view.getBigUint64(24, true) !== one.old) {
        // Not now, or not any more: its end, if it comes, stands in a ring.
        if (view === undefined) this.#all.delete(name);
        return [];
      }
      const part = Math.floor((PARTS * migration.evacuated) / migration.old_buckets);
      if (part <= one.told) return [];
      one.told = part;
      const { pid, map, trigger, unit, from, to } = one.growth;
      const known = { ...(pid === undefined ? {} : { pid }), ...(trigger === undefined ? {} : { trigger }) };
      const size = unit === undefined || from === undefined || to === undefined ? {} : { unit, from, to };
      const { old_buckets, evacuated } = migration;
      const len = Number(view.getBigUint64(0, true));
      return [
        {
          type: 'growth',
          time,
          ...known,
          kind: 'migrating',
          map,
          ...size,
          len,
          migration: { old_buckets, evacuated },
        },
      ];
    });
  }
}

const nameOf = (batch: TracedBatch, row: number): string => `${batch.pid[row] ?? 0} ${batch.map[row] ?? 0}`;
