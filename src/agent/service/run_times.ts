import type { Closable } from '../../base/dispose.ts';
import { takeRunTimes } from '../../sys/bpf.ts';

/** The kernel times runs for one look in so many: timing takes time itself. */
const EVERY = 20;
/** And at the first looks after a probe came. */
const FIRST = 4;

/** Has the kernel time the runs of programs now and then. */
export class RunTimeSwitch implements Closable {
  #open: Closable | undefined;
  #looks = 0;

  /** A probe has come: what it costs is to be known soon. */
  begin(): void {
    this.#looks = 0;
    this.#open ??= takeRunTimes();
  }

  /** To be called at each look. */
  look(): void {
    const isOn = this.#looks < FIRST || this.#looks % EVERY === 0;
    this.#looks++;
    if (isOn) this.#open ??= takeRunTimes();
    else this.close();
  }

  close(): void {
    this.#open?.close();
    this.#open = undefined;
  }
}
