import type { FeedItem } from '../model/feed.ts';
import type { Alerts } from './alerts.ts';

/** One rule at work. */
export interface RuleRun {
  readonly alerts: Alerts;
  /** Operations, events or maps that could not be followed, since there were too many subjects. */
  readonly beyond: number;
  /** Every item of the feed, in order. */
  take(item: FeedItem): void;
  /** A window is over: what was counted up to here is known. */
  judge(now: number): void;
}

/** Subjects that one rule follows at a time. */
export const MOST_SUBJECTS = 2000;
