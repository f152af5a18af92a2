import { existsSync, rmSync } from 'node:fs';

/** Those of a store's files that are not there yet when it is about to be opened. */
export class NewFiles {
  readonly #paths: readonly string[];

  constructor(path: string) {
    this.#paths = [path, `${path}.wal`].filter((one) => !existsSync(one));
  }

  /** Takes away what was made of them. Only for whoever made them, and has not told anybody of them. */
  remove(): void {
    for (const path of this.#paths) rmSync(path, { force: true });
  }
}
