import { RECORD_HEAD } from '../model/record.ts';

/** Words behind the last record that may be read (not used): an exit record is read as if it were an entry. */
const SLACK = RECORD_HEAD / 4;

/** Bytes copied out of rings, one chunk behind the other, as bytes and as words of 4 bytes. */
export class RecordLog {
  bytes: Uint8Array;
  words: Uint32Array;
  /** Words in use. */
  #used = 0;

  constructor(words = 1 << 14) {
    this.words = new Uint32Array(words);
    this.bytes = new Uint8Array(this.words.buffer);
  }

  clear(): void {
    this.#used = 0;
  }

  /** Copies the bytes and returns the word at which they begin. */
  append(bytes: Uint8Array): number {
    const start = this.#take((bytes.length + 3) >>> 2);
    this.bytes.set(bytes, start * 4);
    return start;
  }

  /** Copies `count` words of another log and returns where they begin. */
  move(from: RecordLog, at: number, count: number): number {
    const start = this.#take(count);
    this.words.set(from.words.subarray(at, at + count), start);
    return start;
  }

  #take(words: number): number {
    const start = this.#used;
    this.#used = start + words;
    if (this.#used + SLACK > this.words.length) this.#grow(this.#used + SLACK);
    return start;
  }

  #grow(needed: number): void {
    const larger = new Uint32Array(Math.max(needed, this.words.length * 2));
    larger.set(this.words);
    this.words = larger;
    this.bytes = new Uint8Array(larger.buffer);
  }
}
