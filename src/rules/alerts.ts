import type { Evidence, Finding, FindingSubject } from '../model/finding.ts';
import { spoken } from '../protocol/text/numbers.ts';
import type { Rule } from './definition.ts';
import { findingId, processKey } from './names.ts';

/** What is told of a subject, made when it is needed. */
export interface Report {
  readonly title: string;
  readonly evidence: readonly Evidence[];
  /** What most of it came from, when it fired: beside the subject, which alone tells findings apart. */
  readonly about?: Pick<FindingSubject, 'site' | 'prefix'>;
}

/** A subject as a rule sees it now. */
export interface Judged {
  readonly subject: FindingSubject;
  /** Tells findings of one subject apart. */
  readonly more?: string;
  /** The condition is met. */
  readonly met: boolean;
  /** What has fired goes on. */
  readonly holds: boolean;
  readonly report: () => Report;
}

interface Alert {
  readonly subject: FindingSubject;
  readonly since: number;
  lastSeen: number;
  judgedAt: number;
  /** Since it was last seen, milliseconds of which nobody knows whether it went on. */
  unknownMs: number;
  finding: Finding | undefined;
}

/** Subjects of a rule whose condition is met at a time; what comes beyond is counted. */
const MOST = 1000;
/** A condition that nobody could look at for so long has to be met anew. */
const GAP_MS = 15_000;

/** From conditions to findings: for how long, once each, and when they are over. One for each rule. */
export class Alerts {
  readonly #rule: Rule;
  readonly #tell: (finding: Finding) => void;
  readonly #alerts = new Map<string, Alert>();
  #beyond = 0;

  constructor(rule: Rule, tell: (finding: Finding) => void) {
    this.#rule = rule;
    this.#tell = tell;
  }

  /** Times that a condition was met and found no room. */
  get beyond(): number {
    return this.#beyond;
  }

  get firing(): number {
    let count = 0;
    for (const { finding } of this.#alerts.values()) if (finding !== undefined) count++;
    return count;
  }

  isFiring(subject: FindingSubject, more?: string): boolean {
    return this.#alerts.get(findingId(this.#rule.name, subject, more))?.finding !== undefined;
  }

  /** A condition that goes on for a time. To be called for each subject each time that a window is over. */
  judge(now: number, { subject, more, met, holds, report }: Judged): void {
    const id = findingId(this.#rule.name, subject, more);
    let alert = this.#alerts.get(id);
    if (alert !== undefined && alert.finding === undefined && (!met || now - alert.judgedAt > GAP_MS)) {
      this.#alerts.delete(id);
      alert = undefined;
    }
    if (alert === undefined) {
      if (!met) return;
      alert = this.#begin(id, subject, now);
      if (alert === undefined) return;
    }
    alert.judgedAt = now;
    if (alert.finding !== undefined ? holds : met) {
      alert.lastSeen = now;
      alert.unknownMs = 0;
    }
    if (alert.finding === undefined && now - alert.since >= this.#rule.forMs)
      this.#fire(id, alert, now, report());
  }

  /** In place of `judge`, where nothing is known: what has not fired yet waits, what has fired is not over by that. */
  unknown(now: number, subject: FindingSubject, more?: string): void {
    const alert = this.#alerts.get(findingId(this.#rule.name, subject, more));
    if (alert?.finding === undefined) return;
    alert.unknownMs += now - alert.judgedAt;
    alert.judgedAt = now;
  }

  /** Something that happened at one moment. */
  sighted(at: number, subject: FindingSubject, report: () => Report, more?: string): void {
    const id = findingId(this.#rule.name, subject, more);
    const alert = this.#alerts.get(id) ?? this.#begin(id, subject, at);
    if (alert === undefined) return;
    alert.lastSeen = Math.max(alert.lastSeen, at);
    alert.unknownMs = 0;
    alert.judgedAt = Math.max(alert.judgedAt, at);
    if (alert.finding === undefined) this.#fire(id, alert, at, report());
  }

  /** Time goes on: resolves what is over, and forgets what was met and nobody looks at any more. */
  sweep(now: number): void {
    for (const [id, alert] of this.#alerts) {
      if (alert.finding === undefined) {
        if (now - alert.judgedAt > GAP_MS) this.#alerts.delete(id);
        continue;
      }
      const unseenMs = now - alert.lastSeen - alert.unknownMs;
      if (unseenMs < this.#rule.recoveryMs || unseenMs <= 0) continue;
      const rest = alert.unknownMs === 0 ? '' : ` (for ${spoken(alert.unknownMs)} more, nothing was counted)`;
      this.#resolve(id, alert, now, `nothing of it was seen for ${spoken(unseenMs)}${rest}`);
    }
  }

  /** A process has ended: nothing of it goes on. */
  left(process: FindingSubject['process'], at: number): void {
    for (const [id, alert] of this.#alerts) {
      if (processKey(alert.subject.process) !== processKey(process)) continue;
      if (alert.finding === undefined) this.#alerts.delete(id);
      else
        this.#resolve(id, alert, at, `the process ${process.name} (pid ${process.pid}) is audited no more`);
    }
  }

  #begin(id: string, subject: FindingSubject, since: number): Alert | undefined {
    if (this.#alerts.size >= MOST) {
      this.#beyond++;
      return undefined;
    }
    const alert: Alert = {
      subject,
      since,
      lastSeen: since,
      judgedAt: since,
      unknownMs: 0,
      finding: undefined,
    };
    this.#alerts.set(id, alert);
    return alert;
  }

  #fire(id: string, alert: Alert, now: number, { title, evidence, about }: Report): void {
    alert.finding = {
      type: 'finding',
      id,
      rule: this.#rule.name,
      severity: this.#rule.severity,
      state: 'firing',
      title: `${this.#rule.title ?? this.#rule.name}: ${title}`,
      subject: { ...about, ...alert.subject },
      evidence,
      since: Math.round(alert.since),
      firedAt: Math.round(now),
      lastSeen: Math.round(alert.lastSeen),
    };
    this.#tell(alert.finding);
  }

  #resolve(id: string, alert: Alert, now: number, why: string): void {
    this.#alerts.delete(id);
    if (alert.finding === undefined) return;
    const over: Evidence = { text: `Over: ${why}.`, from: Math.round(alert.lastSeen), to: Math.round(now) };
    this.#tell({
      ...alert.finding,
      state: 'resolved',
      evidence: [...alert.finding.evidence, over],
      lastSeen: Math.round(alert.lastSeen),
    });
  }
}
