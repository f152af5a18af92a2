/**
 * Types that may be waited for, as a program that looks for races has them in its memory. Once a type is rejected, no
 * time goes into any but those that are wanted, as long as they fit; the reader decides of all.
 */
export class WantedTypes {
  readonly #words: DataView;
  readonly #at: { readonly typed: number; readonly types: number; readonly most: number };
  #count = 0;
  #rejected = false;

  /** `typed`: where the word lies that says how many there are, plus one, or 0 for all. `types`: where they lie. */
  constructor(
    words: DataView,
    at: { readonly typed: number; readonly types: number; readonly most: number },
  ) {
    this.#words = words;
    this.#at = at;
  }

  set(subject: 'type' | 'caller' | 'map', id: number, wanted: boolean): void {
    if (subject !== 'type') return;
    const { typed, types, most } = this.#at;
    if (!wanted) this.#rejected = true;
    else {
      if (this.#count < most) this.#words.setBigUint64(types + 8 * this.#count, BigInt(id), true);
      this.#count++;
    }
    const fits = this.#count <= most;
    this.#words.setBigUint64(typed, this.#rejected && fits ? BigInt(this.#count + 1) : 0n, true);
  }
}
