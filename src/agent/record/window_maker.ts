import { isMapauditError } from '../../base/errors.ts';
import type { Window, WindowCount } from '../../model/window.ts';
import type { Filters } from '../../protocol/options.ts';
import type { Audit } from '../audit.ts';
import { AuditCounts } from './audit_counts.ts';

const SECOND = 1000;

interface Loss {
  ringFull: number;
  sampled: number;
}

/**
 * Closes a window each second, from the probes' own counters, which are exact whatever is sampled or lost. Counters
 * are read some milliseconds after the second is over: what happens meanwhile is counted in the second before.
 */
export class WindowMaker {
  readonly #filters: Filters;
  readonly #audits = new Map<Audit, AuditCounts>();
  #second: number;
  #left: WindowCount[] = [];
  #leftLoss: Loss = { ringFull: 0, sampled: 0 };
  #isCounting = true;
  #hasJoined = false;
  /** When the last of all probes was taken out. */
  #endedAt: number | undefined;

  constructor(filters: Filters, now: number = Date.now()) {
    this.#filters = filters;
    this.#second = Math.floor(now / SECOND);
  }

  /** False where the filters mean keys that a probe cannot count by: then there are no windows. */
  get isCounting(): boolean {
    return this.#isCounting;
  }

  joined(audit: Audit, now: number = Date.now()): void {
    // Before the first probe was in place, nothing was counted: that time is in no window.
    if (!this.#hasJoined) this.#second = Math.floor(now / SECOND);
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
  left(audit: Audit, now: number = Date.now()): void {
    const counts = this.#audits.get(audit);
    this.#audits.delete(audit);
    if (counts === undefined) return;
    this.#left.push(...counts.take());
    add(this.#leftLoss, counts.takeLoss());
    if (this.#audits.size === 0) this.#endedAt = now;
  }

  /** Whether a window is over. */
  isOver(now: number = Date.now()): boolean {
    return this.#isCounting && Math.floor(now / SECOND) > this.#second;
  }

  /** The window that is over, or with `end` the one that is open. One that was late covers more than a second. */
  close(now: number = Date.now(), end = false): Window {
    const next = end ? Math.floor((this.#endedAt ?? now) / SECOND) + 1 : Math.floor(now / SECOND);
    const loss = this.#leftLoss;
    const counts = this.#left;
    this.#left = [];
    this.#leftLoss = { ringFull: 0, sampled: 0 };
    for (const audit of this.#audits.values()) {
      counts.push(...audit.take());
      add(loss, audit.takeLoss());
    }
    const window: Window = {
      start: this.#second * SECOND,
      lengthMs: Math.max(1, next - this.#second) * SECOND,
      counts,
      loss: loss,
    };
    this.#second = Math.max(next, this.#second + 1);
    return window;
  }
}

function add(to: Loss, { ringFull, sampled }: Loss): void {
  to.ringFull += ringFull;
  to.sampled += sampled;
}
