import { type Addr, addr } from '../model/addr.ts';
import type { OutsideSum } from './outside.ts';
import type { ByteSource } from '../model/byte_source.ts';

/** What a look at the map's header between two reads says. */
export type Moment = 'still' | 'writing' | 'moved';

/** A unit (bucket or group) and where its bytes stand in the block that was read. */
export interface UnitBytes {
  readonly block: Uint8Array;
  readonly at: number;
}

/** How stable reading went. */
export type StableOutcome = 'done' | 'moved' | 'gone';

/** How often what changed is read again: at once at first, then after pauses, since a writer may have been put off its CPU in the middle of a write. */
const TRIES = 48;
const AT_ONCE = 16;

/**
 * Reads units of memory that a running program may be writing to. A unit counts as read when two reads of it
 * are equal and, between the two, the map was not marked as being written: then its bytes are those that it
 * had at that moment, and no write was half done. `look` is called between the reads; `take` before it, with
 * the bytes of the first read, and what it gives is handed to `keep` only if the unit turns out to be stable:
 * whatever was followed from the unit was then referred to by it all the time. What a unit has elsewhere counts as a
 * part of it: `outside` is asked for its checksum before `take` and after `look`.
 *
 * What does not become stable in a number of tries is given to `unstable`.
 */
export function readStable<T>(
  memory: ByteSource,
  unitBytes: number,
  units: readonly Addr[],
  on: {
    readonly look: () => Moment;
    readonly outside: OutsideSum | undefined;
    /** Waits until no store that had begun at `take` can still be under way. Asked where there is an `outside`. */
    readonly settle: () => boolean;
    readonly take: (unit: number, bytes: UnitBytes) => T;
    /** `again`: not at the first look. */
    readonly keep: (unit: number, bytes: UnitBytes, taken: T, again: boolean, outside: number) => void;
    readonly unstable: (unit: number) => void;
    /** Waits for about a millisecond. False: there is no more time, and what has not held still is unstable. */
    readonly pause: () => boolean;
  },
): StableOutcome {
  let pending = units.map((_, i) => i);
  let before = readUnits(memory, unitBytes, units, pending);
  for (let attempt = 0; attempt < TRIES && pending.length > 0; attempt++) {
    if (attempt >= AT_ONCE && !on.pause()) break;
    if (before === undefined) return on.look() === 'moved' ? 'moved' : 'gone';
    const first = before;
    const outside = pending.map((_, i) => on.outside?.({ block: first, at: i * unitBytes }));
    const taken = pending.map((unit, i) => on.take(unit, { block: first, at: i * unitBytes }));
    const settled = on.outside === undefined || on.settle();
    const seen = on.look();
    // Memory in which nothing changes holds what the writer had come to.
    const moment = seen === 'writing' && memory.frozen === true ? 'still' : seen;
    if (moment === 'moved') return 'moved';
    const after = memory.frozen === true ? first : readUnits(memory, unitBytes, units, pending);
    if (after === undefined) return on.look() === 'moved' ? 'moved' : 'gone';
    const left: number[] = [];
    const allSame = Buffer.compare(first, after) === 0;
    pending.forEach((unit, i) => {
      const at = i * unitBytes;
      const bytes = { block: first, at };
      const same =
        moment === 'still' &&
        settled &&
        (allSame || sameBytes(first, after, at, unitBytes)) &&
        (memory.frozen === true || on.outside?.(bytes) === outside[i]);
      if (same) on.keep(unit, bytes, taken[i] as T, attempt > 0, outside[i] ?? 0);
      else left.push(i);
    });
    before = attempt + 1 < TRIES ? pick(after, unitBytes, left) : undefined;
    pending = left.map((i) => pending[i] ?? 0);
  }
  for (const unit of pending) on.unstable(unit);
  return 'done';
}

/** The wanted units' bytes one after the other; neighbours are read at once. */
function readUnits(
  memory: ByteSource,
  unitBytes: number,
  units: readonly Addr[],
  wanted: readonly number[],
): Uint8Array | undefined {
  const runs: { start: Addr; count: number }[] = [];
  for (const unit of wanted) {
    const at = units[unit] ?? addr(0);
    const last = runs.at(-1);
    if (last !== undefined && at === last.start + last.count * unitBytes) last.count++;
    else runs.push({ start: at, count: 1 });
  }
  const [only] = runs;
  if (runs.length === 1 && only !== undefined) return memory.read(only.start, only.count * unitBytes);
  const all = new Uint8Array(wanted.length * unitBytes);
  let end = 0;
  for (const { start, count } of runs) {
    const bytes = memory.read(start, count * unitBytes);
    if (bytes === undefined) return undefined;
    all.set(bytes, end);
    end += bytes.length;
  }
  return all;
}

function pick(bytes: Uint8Array, unitBytes: number, wanted: readonly number[]): Uint8Array {
  const picked = new Uint8Array(wanted.length * unitBytes);
  wanted.forEach((unit, i) =>
    picked.set(bytes.subarray(unit * unitBytes, (unit + 1) * unitBytes), i * unitBytes),
  );
  return picked;
}

function sameBytes(a: Uint8Array, b: Uint8Array, at: number, length: number): boolean {
  return Buffer.compare(a.subarray(at, at + length), b.subarray(at, at + length)) === 0;
}
