import type { LenSample } from '../../advice/facts.ts';

/** No more parts of the time are kept. */
const PARTS = 60;

/** How many entries a map had, once in each part of the time that it is observed for. */
export class Lens {
  readonly #partSeconds: number;
  /** By part: the last length that was seen in it. */
  readonly #seen: (number | undefined)[] = [];
  #first: number | undefined;
  #most = 0;
  #lastAt = 0;

  constructor(observedSeconds: number) {
    this.#partSeconds = Math.max(0.1, observedSeconds / PARTS);
  }

  /** The length before the first operation that was seen. */
  get first(): number | undefined {
    return this.#first;
  }

  /** The largest that was seen, also between samples. */
  get most(): number {
    return this.#most;
  }

  /** When the last operation was seen. */
  get lastAt(): number {
    return this.#lastAt;
  }

  add(atSeconds: number, len: number): void {
    this.#lastAt = atSeconds;
    this.#first ??= len;
    this.#most = Math.max(this.#most, len);
    this.#seen[Math.max(0, Math.floor(atSeconds / this.#partSeconds))] = len;
  }

  /**
   * One for each part since the first, up to `endSeconds`. Between operations nothing changes: a part without
   * one has the length of the part before.
   */
  samples(endSeconds: number): readonly LenSample[] {
    const samples: LenSample[] = [];
    let len = this.#first;
    if (len === undefined) return samples;
    const last = Math.floor(endSeconds / this.#partSeconds);
    for (let part = 0; part <= last; part++) {
      samples.push({ atSeconds: Math.min(endSeconds, part * this.#partSeconds), len });
      len = this.#seen[part] ?? len;
    }
    samples.push({ atSeconds: endSeconds, len });
    return samples;
  }
}
