import type { ByteSource } from '../../model/byte_source.ts';

/** Objects of one kind lie beside each other: a page holds many, and copying it costs little more than the call. */
const PAGE_BYTES = 1 << 16;
/** 32 MB in all. */
const MOST_PAGES = 512;
/** Half a page and more is read for itself. */
const LARGE = PAGE_BYTES / 2;

/**
 * Memory that is read by pages, of which those that were used last are kept. What it gives may be as old as the last
 * `forget`: for looking around, and not for what has to be read twice to be true.
 */
export class PageCache implements ByteSource {
  readonly name: string;
  readonly #memory: ByteSource;
  /** Oldest use first; undefined for pages of which a part cannot be read. */
  readonly #pages = new Map<number, Uint8Array | undefined>();

  constructor(memory: ByteSource) {
    this.name = memory.name;
    this.#memory = memory;
  }

  read(position: number, length: number): Uint8Array | undefined {
    const number = Math.floor(position / PAGE_BYTES);
    const start = position - number * PAGE_BYTES;
    if (
      !Number.isSafeInteger(position) ||
      position < 0 ||
      length < 0 ||
      length >= LARGE ||
      start + length > PAGE_BYTES
    )
      return this.#memory.read(position, length);
    const page = this.#page(number);
    return page === undefined ? this.#memory.read(position, length) : page.subarray(start, start + length);
  }

  /** What is read from now on is read anew. */
  forget(): void {
    this.#pages.clear();
  }

  #page(number: number): Uint8Array | undefined {
    const isKnown = this.#pages.has(number);
    const page = isKnown
      ? this.#pages.get(number)
      : this.#memory.read(number * PAGE_BYTES, PAGE_BYTES)?.slice();
    if (isKnown) this.#pages.delete(number);
    this.#pages.set(number, page);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > MOST_PAGES && oldest !== undefined) this.#pages.delete(oldest);
    return page;
  }
}
