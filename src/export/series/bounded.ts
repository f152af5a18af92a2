/** What does not get a name of its own. */
export const OTHER = 'other';

/**
 * Gives out at most so many names. Who gets one is decided when it is first seen and stays so: were a series to move
 * into `other` later on, its counter would be counted twice.
 */
export class BoundedNames {
  readonly #most: number;
  readonly #names = new Set<string>();
  #refused = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** How often something was seen that has no name of its own. */
  get refused(): number {
    return this.#refused;
  }

  has(name: string): boolean {
    if (this.#names.has(name)) return true;
    if (this.#names.size >= this.#most) {
      this.#refused++;
      return false;
    }
    this.#names.add(name);
    return true;
  }

  /** Its series are gone: another may have its place. */
  forget(isMeant: (name: string) => boolean): void {
    for (const name of this.#names) if (isMeant(name)) this.#names.delete(name);
  }
}
