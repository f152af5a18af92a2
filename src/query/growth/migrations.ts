import { FACTS } from '../../model/record.ts';
import type { GrowthEvent, Migration } from '../../protocol/growth.ts';
import { classicHeader } from '../../stream/facts.ts';
import { monotonicOf } from '../../stream/lift.ts';
import type { TracedBatch } from '../../stream/traced_batch.ts';

/** A classic map on its way from one array of buckets to another. */
interface Way {
  readonly pid: number;
  readonly map: number;
  readonly event: GrowthEvent;
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
  readonly #all = new Map<string, Way>();

  begin(event: GrowthEvent, facts: DataView, batch: TracedBatch, row: number): void {
    const pid = batch.pid[row] ?? 0;
    const map = batch.map[row] ?? 0;
    const old = facts.getBigUint64(FACTS.header + 16, true);
    this.#all.set(`${pid} ${map}`, { pid, map, event, began: monotonicOf(batch, row), old, told: 0 });
    const [oldest] = this.#all.keys();
    if (this.#all.size > MOST && oldest !== undefined) this.#all.delete(oldest);
  }

  /** The end of a migration, with what is known from its beginning: it is not given the map's type. */
  end(event: GrowthEvent, batch: TracedBatch, row: number): GrowthEvent {
    const name = nameOf(batch, row);
    const begun = this.#all.get(name);
    this.#all.delete(name);
    const was = begun?.event.growth;
    if (begun === undefined || was?.from !== event.growth?.from || was?.to !== event.growth?.to) return event;
    const { type } = begun.event.map;
    const { len } = begun.event;
    const map = type === undefined ? event.map : { ...event.map, type };
    const duration = Number(monotonicOf(batch, row) - begun.began);
    const moved = len === undefined ? {} : { moved: len };
    return { ...event, map, growth: { ...event.growth, ...moved, duration_ns: duration } };
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
  ): Migration[] {
    return [...this.#all].flatMap(([name, one]): Migration[] => {
      const bytes = read(one.pid, one.map, HEADER_BYTES);
      if (bytes === undefined) {
        this.#all.delete(name);
        return [];
      }
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const { migration } = classicHeader(view, 0);
      // Not now, or not any more: its end, if it comes, stands in a ring.
      if (migration === undefined || view.getBigUint64(24, true) !== one.old) return [];
      const { old_buckets, evacuated } = migration;
      const part = Math.floor((PARTS * evacuated) / old_buckets);
      if (part <= one.told) return [];
      one.told = part;
      const { pid, map, growth } = one.event;
      const known = { type: 'migration', time, ...(pid === undefined ? {} : { pid }), map } as const;
      const len = Number(view.getBigUint64(0, true));
      return [{ ...known, len, growth: { ...growth, migration: { old_buckets, evacuated } } }];
    });
  }
}

const nameOf = (batch: TracedBatch, row: number): string => `${batch.pid[row] ?? 0} ${batch.map[row] ?? 0}`;
