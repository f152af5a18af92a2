import { hashNumber } from './number_table.ts';

const SLOTS = 1 << 12;
const NOTHING = new Uint8Array(0);

/**
 * Texts (as bytes) that were written before, found by four numbers. A fixed number of places, one for each
 * hash: what comes later takes the place of what was there, so that endlessly many maps need no endless memory.
 */
export class RecentTexts {
  readonly #numbers = new Float64Array(SLOTS * 4).fill(-1);
  readonly #texts = new Array<Uint8Array>(SLOTS).fill(NOTHING);
  #place = 0;

  /** The text of these four, or undefined; `keep` then writes it into their place. */
  get(a: number, b: number, c: number, d: number): Uint8Array | undefined {
    const slot = hashNumber(a + b) & (SLOTS - 1);
    const at = slot * 4;
    const numbers = this.#numbers;
    this.#place = slot;
    if (numbers[at] === a && numbers[at + 1] === b && numbers[at + 2] === c && numbers[at + 3] === d)
      return this.#texts[slot];
    numbers[at] = a;
    numbers[at + 1] = b;
    numbers[at + 2] = c;
    numbers[at + 3] = d;
    return undefined;
  }

  /** Remembers the text of the four that were asked for last. */
  keep(text: Uint8Array): Uint8Array {
    this.#texts[this.#place] = text;
    return text;
  }
}
