import { statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { StorePlace } from './options.ts';

/** Room that is left on the disk beside what the log needs to be taken into the file: below it nothing is written. */
const RESERVE = 3 * 1024 * 1024;
/**
 * Taking the log in also writes the rows anew that lie in the last, unfilled group of each table (of up to 122,880 rows), and
 * gives the place of the old ones free only afterwards: most of a small file, little of a large one (DuckDB v1.5.5,
 * src/storage/table/row_group_collection.cpp, Checkpoint).
 */
export const REWRITTEN_SHARE = 0.5;
export const REWRITTEN_MOST = 48 * 1024 * 1024;
/** Room that a row is taken to need in the log: more than they do. */
const ROW_BYTES = 512;
/** What marks an end needs in the log. */
const END_BYTES = 64 * 1024;
/** Length of the log from which on it is taken into the file. */
const LOG_BYTES = 16 * 1024 * 1024;

/** Whether there is room to write, and for how long the log may grow. DuckDB is never let run into a full disk. */
export class Disk {
  readonly #path: string | undefined;
  readonly #logBytes: number;

  constructor(place: StorePlace, sizeLimit: number | undefined) {
    this.#path = 'path' in place ? resolve(place.path) : undefined;
    this.#logBytes = Math.min(LOG_BYTES, Math.floor((sizeLimit ?? Infinity) / 10));
  }

  /** There is room for what comes, and to take the log into the file after it. */
  get hasRoom(): boolean {
    return this.#free() >= this.#needed() + RESERVE;
  }

  /** The same at the end of a run: what is kept back for the log is for runs that go on, and so many rows are all that comes. */
  hasRoomAtEnd(rows: number): boolean {
    return this.#free() >= rows * ROW_BYTES + END_BYTES;
  }

  /** The log can be taken into the file without filling the disk. */
  get canCheckpoint(): boolean {
    return this.#free() >= this.#needed() + RESERVE / 2;
  }

  get isLogLong(): boolean {
    return this.#log() > this.#logBytes;
  }

  #free(): number {
    if (this.#path === undefined) return Infinity;
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    return bavail * bsize;
  }

  /** What taking the log into the file may need. */
  #needed(): number {
    return this.#log() + Math.min(REWRITTEN_SHARE * this.#size(''), REWRITTEN_MOST);
  }

  #log(): number {
    return this.#size('.wal');
  }

  #size(suffix: '' | '.wal'): number {
    if (this.#path === undefined) return 0;
    return statSync(`${this.#path}${suffix}`, { throwIfNoEntry: false })?.size ?? 0;
  }
}
