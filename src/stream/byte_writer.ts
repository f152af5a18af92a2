const ENCODER = new TextEncoder();
const ZERO = 0x30;
/** `set` has a price of its own: shorter texts are copied byte by byte. */
const SHORT = 16;

/** UTF-8 bytes of a text. */
export const encoded = (text: string): Uint8Array => ENCODER.encode(text);

/** Text that grows at its end, as UTF-8 bytes in memory that is used again: no string is made of it. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 1 << 16) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written. Valid until something is written again. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** Appends bytes. */
  put(piece: Uint8Array): void {
    this.putPart(piece, 0, piece.length);
  }

  /** Appends the bytes of `source` from `start` to before `end`. */
  putPart(source: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.#reserve(size);
    const to = this.#bytes;
    let at = this.#length;
    if (size <= SHORT) for (let i = start; i < end; i++) to[at++] = source[i] ?? 0;
    else to.set(start === 0 && end === source.length ? source : source.subarray(start, end), at);
    this.#length += size;
  }

  /** Appends a text of any length and script. */
  text(text: string): void {
    this.put(encoded(text));
  }

  /** Appends a number as JSON has it; whole numbers from 0 to 2^53 are quick. */
  number(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) {
      this.text(JSON.stringify(value));
      return;
    }
    let digits = 1;
    for (let most = 10; value >= most; most *= 10) digits++;
    this.digits(value, digits);
  }

  /** Appends the last `count` digits of a whole number, with zeros before it. */
  digits(value: number, count: number): void {
    this.#reserve(count);
    const to = this.#bytes;
    let rest = value;
    for (let at = this.#length + count - 1; at >= this.#length; at--) {
      const tenth = Math.floor(rest / 10);
      to[at] = ZERO + (rest - tenth * 10);
      rest = tenth;
    }
    this.#length += count;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
