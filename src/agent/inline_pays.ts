import { monotonicNs } from '../sys/clock.ts';
import type { Notice } from '../protocol/notice.ts';

/** A uprobe costs about a microsecond: from here on a tenth of a processor. */
const HITS_A_SECOND = 100_000;
const LEAST_NS = 2_000_000_000n;

/** Notices when operations come so often that the inline probe would be worth its price. Never chosen by itself. */
export class InlinePays {
  readonly #began = monotonicNs();
  #said = false;

  /** `hits` since the beginning, under uprobes. Gives a notice, once. */
  look(hits: number): Notice | undefined {
    const passed = monotonicNs() - this.#began;
    if (this.#said || passed < LEAST_NS) return undefined;
    const rate = hits / (Number(passed) / 1e9);
    if (rate < HITS_A_SECOND) return undefined;
    this.#said = true;
    const shown = (Math.round(rate / 10_000) * 10_000).toLocaleString('en-US');
    return {
      type: 'notice',
      level: 'info',
      code: 'inline-would-pay',
      message: `${shown} operations a second: uprobes cost the program about a microsecond each`,
      hint: '--probe inline costs a hundredth of that, but it changes the code of the running program: docs/inline.md.',
    };
  }
}
