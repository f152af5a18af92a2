import type { ReturnFacts } from '../../advice/facts.ts';

/** Keys that are remembered after they were deleted. Two arrays of so many, of which the older one is dropped. */
const REMEMBERED = 512;

/** Whether keys come back after they were deleted. */
export class Returns {
  #young = new Set<number>();
  #old = new Set<number>();
  #inserts = 0;
  #returned = 0;

  deleted(hash: number): void {
    this.#young.add(hash);
    if (this.#young.size < REMEMBERED) return;
    this.#old = this.#young;
    this.#young = new Set();
  }

  inserted(hash: number): void {
    if (this.#young.size + this.#old.size === 0) return;
    this.#inserts++;
    if (this.#young.delete(hash) || this.#old.delete(hash)) this.#returned++;
  }

  get facts(): ReturnFacts | undefined {
    return this.#inserts === 0 ? undefined : { inserts: this.#inserts, returned: this.#returned };
  }
}
