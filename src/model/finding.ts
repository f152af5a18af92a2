import type { ProcessRef, SiteRef } from './window.ts';

/** How much it matters: `critical` will end the program or has lost data, `warning` costs, `info` is good to know. */
export type Severity = 'info' | 'warning' | 'critical';

/** What a finding is about. What does not apply is absent. */
export interface FindingSubject {
  readonly process: ProcessRef;
  readonly mapType?: string;
  readonly mapId?: number;
  readonly mapAddress?: string;
  readonly site?: SiteRef;
  /** Keys that begin so. */
  readonly prefix?: string;
}

/** One observation that a finding rests on. */
export interface Evidence {
  /** A sentence that states what was seen: `2,140 deletes/s, 96 % of them on keys that begin with "sess:eu-"`. */
  readonly text: string;
  /** Unix milliseconds: the span in which it was seen. */
  readonly from: number;
  readonly to: number;
}

/**
 * Something that a rule found. The same `id` and `firedAt` is the same finding, told again when its state changes; the
 * same `id` alone, that what had been over has fired again.
 */
export interface Finding {
  readonly type: 'finding';
  /** Made of rule and subject: stable over restarts. */
  readonly id: string;
  /** Name of the rule: `delete-storm`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly state: 'firing' | 'resolved';
  /** One line that names map, place and number. */
  readonly title: string;
  readonly subject: FindingSubject;
  readonly evidence: readonly Evidence[];
  /** Unix milliseconds: when its condition was first met, when it fired, when it was last met. */
  readonly since: number;
  readonly firedAt: number;
  readonly lastSeen: number;
}
