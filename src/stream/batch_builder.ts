import { EXIT_RECORD } from '../model/record.ts';
import type { RingChunk } from '../model/ring_chunk.ts';
import { Columns } from './columns.ts';
import { decodeRows, recordBytes, type RecordOptions } from './decode_rows.ts';
import { RecordLog } from './record_log.ts';
import { TimeRuns } from './time_runs.ts';

/**
 * Ring chunks in, batches in the order of time out.
 *
 * `add` copies a chunk out of the ring in one go (the view is not touched later); `take` sorts what came,
 * fills the columns in order, and keeps rows later than the watermark for the next time. Keys and frames
 * stay where they were copied to: that copy is the batch's payload. A batch shares the builder's memory
 * and is valid until the next `add` or `take`. Nothing is allocated once sizes have settled.
 */
export class BatchBuilder {
  /** Records that could not be one: too short, or beyond their chunk. */
  malformed = 0;
  readonly #options: RecordOptions;
  readonly #runs = new TimeRuns();
  #log = new RecordLog();
  #spare = new RecordLog();
  #columns = new Columns(1024);
  /** Times are kept as nanoseconds since the first record: exact in a double for 104 days. */
  #baseLow = 0;
  #baseHigh = 0;
  #hasBase = false;

  constructor(options: RecordOptions) {
    this.#options = options;
  }

  /** Rows that wait for a watermark. */
  get waiting(): number {
    return this.#runs.length;
  }

  /** Takes over the records of one ring. */
  add(chunk: RingChunk): void {
    if (chunk.count === 0) return;
    const options = this.#options;
    const size = chunk.bytes.length;
    const start = this.#log.append(chunk.bytes);
    const words = this.#log.words;
    const runs = this.#runs;
    if (!this.#hasBase) this.#setBase(words, start + ((chunk.offsets[0] ?? 0) >>> 2));
    const baseLow = this.#baseLow;
    const baseHigh = this.#baseHigh;
    runs.beginRun();
    runs.reserve(chunk.count);
    const { times, positions } = runs;
    const { offsets, lengths } = chunk;
    for (let i = 0; i < chunk.count; i++) {
      const offset = offsets[i] ?? 0;
      const at = start + (offset >>> 2);
      const length = lengths[i] ?? 0;
      const fits = length >= EXIT_RECORD && offset + length <= size && (offset & 3) === 0;
      if (!fits || recordBytes(words, at, options) > length) {
        this.malformed++;
        continue;
      }
      times[runs.length] = ((words[at + 1] ?? 0) - baseHigh) * TWO_32 + ((words[at] ?? 0) - baseLow);
      positions[runs.length] = at;
      runs.commit();
    }
  }

  /** All rows up to the watermark (CLOCK_MONOTONIC nanoseconds, as `drain` returned it), in order. */
  take(watermark: bigint): Columns {
    const base = (BigInt(this.#baseHigh) << 32n) | BigInt(this.#baseLow);
    return this.#take(Number(watermark - base));
  }

  /** Everything that is still here: nothing will come any more. */
  takeAll(): Columns {
    return this.#take(Infinity);
  }

  #take(limit: number): Columns {
    const runs = this.#runs;
    runs.sort();
    const ready = runs.countUpTo(limit);
    if (ready > this.#columns.capacity) this.#columns = new Columns(2 ** Math.ceil(Math.log2(ready)));
    const columns = this.#columns;
    decodeRows(this.#log.words, runs.positions, ready, columns, this.#options);
    columns.length = ready;
    columns.forgetTraces(ready);
    columns.payload = this.#log.bytes;
    this.#holdBack(ready);
    return columns;
  }

  /** Moves the rows from `first` on to the other log, and makes that one the current. */
  #holdBack(first: number): void {
    const from = this.#log;
    const to = this.#spare;
    to.clear();
    this.#runs.keepFrom(first, (at) => to.move(from, at, recordBytes(from.words, at, this.#options) >>> 2));
    this.#log = to;
    this.#spare = from;
  }

  #setBase(words: Uint32Array, at: number): void {
    this.#baseLow = words[at] ?? 0;
    this.#baseHigh = words[at + 1] ?? 0;
    this.#hasBase = true;
  }
}

const TWO_32 = 0x1_0000_0000;
