import { isMapauditError } from '../../base/errors.ts';
import type { Window, WindowCount } from '../../model/window.ts';
import type { Filters } from '../../protocol/options.ts';
import { SteadyClock } from '../../sys/steady_clock.ts';
import type { Audit } from '../audit.ts';
import { AuditCounts } from './audit_counts.ts';

const SECOND = 1000;
/** What happens between the end of a second and the reading of the counters is in that second: so much may be. */
export const LATE_MS = 100;
/** A window that was never met in time is closed when it has this length. */
export const LONGEST_MS = 5000;

interface Loss {
  ringFull: number;
  sampled: number;
}

/**
 * Closes a window each second, from the probes' own counters, which are exact whatever is sampled or lost. Where the
 * moment to read them was missed, the window stays open until the end of a later second, and says how long it is.
 */
export class WindowMaker {
  readonly #filters: Filters;
  readonly #clock: SteadyClock;
  readonly #audits = new Map<Audit, AuditCounts>();
  #second: number;
  /** By how much the clock was set within the open window. */
  #setBy: number | undefined;
  #left: WindowCount[] = [];
  #leftLoss: Loss = { ringFull: 0, sampled: 0 };
  #isCounting = true;
  #hasJoined = false;
  /** When the last of all probes was taken out. */
  #endedAt: number | undefined;

  constructor(filters: Filters, clock: SteadyClock = new SteadyClock()) {
    this.#filters = filters;
    this.#clock = clock;
    this.#second = secondOf(clock.now());
  }

  /** False where the filters mean keys that a probe cannot count by: then there are no windows. */
  get isCounting(): boolean {
    return this.#isCounting;
  }

  joined(audit: Audit): void {
    // Before the first probe was in place, nothing was counted: that time is in no window.
    if (!this.#hasJoined) this.#second = secondOf(this.#clock.now());
    this.#hasJoined = true;
    this.#endedAt = undefined;
    try {
      this.#audits.set(audit, new AuditCounts(audit, this.#filters));
    } catch (error) {
      if (!isMapauditError(error, 'key-filter-needs-events')) throw error;
      this.#isCounting = false;
    }
  }

  /** Its counters can be read for the last time. */
  left(audit: Audit): void {
    const counts = this.#audits.get(audit);
    this.#audits.delete(audit);
    if (counts === undefined) return;
    this.#left.push(...counts.take());
    add(this.#leftLoss, counts.takeLoss());
    if (this.#audits.size === 0) this.#endedAt = this.#clock.now();
  }

  /** Its counters cannot be read any more. */
  dropped(audit: Audit): void {
    this.#audits.delete(audit);
  }

  /** Whether a window is to be closed now. Looks at the clock: one that was set ends the open window at once. */
  isOver(): boolean {
    this.#look();
    if (!this.#isCounting) return false;
    if (this.#setBy !== undefined) return true;
    const now = this.#clock.now();
    if (secondOf(now) <= this.#second) return false;
    return now - secondOf(now) * SECOND <= LATE_MS || now - this.#second * SECOND >= LONGEST_MS;
  }

  /** The window that is over, or with `end` the one that is open. */
  close(end = false): Window {
    this.#look();
    const setBy = this.#setBy;
    const now = this.#clock.now();
    // Of a second that is not whole there is a window all the same: the first, the last, and where the clock was set.
    const isPart = end || setBy !== undefined;
    const until = isPart ? secondOf((this.#endedAt ?? now) - (setBy ?? 0)) + 1 : secondOf(now);
    this.#take();
    const loss = this.#leftLoss;
    const counts = this.#left;
    this.#left = [];
    this.#leftLoss = { ringFull: 0, sampled: 0 };
    const window: Window = {
      start: this.#second * SECOND,
      lengthMs: Math.max(1, until - this.#second) * SECOND,
      counts,
      loss,
      ...(setBy === undefined ? {} : { clockSetMs: setBy }),
    };
    this.#setBy = undefined;
    this.#second = setBy === undefined ? Math.max(until, this.#second + 1) : secondOf(now);
    return window;
  }

  /** A probe that cannot be read is told of once, as the error that it is: it keeps no window of others open. */
  #take(): void {
    for (const [audit, counts] of this.#audits) {
      try {
        this.#left.push(...counts.take());
        add(this.#leftLoss, counts.takeLoss());
      } catch (error) {
        this.#audits.delete(audit);
        throw error;
      }
    }
  }

  #look(): void {
    const by = this.#clock.look();
    if (by === undefined) return;
    if (this.#endedAt !== undefined) this.#endedAt += by;
    this.#setBy = (this.#setBy ?? 0) + by;
  }
}

const secondOf = (ms: number): number => Math.floor(ms / SECOND);

function add(to: Loss, { ringFull, sampled }: Loss): void {
  to.ringFull += ringFull;
  to.sampled += sampled;
}
