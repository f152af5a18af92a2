import type { Attached } from './attached.ts';
import type { EventFrame } from './event.ts';
import type { Notice } from './notice.ts';
import type { EndReason } from './summary.ts';

/** What is advised. */
export type AdviceKind =
  /** Make it with the size that it gets: `make(map[K]V, n)`. */
  | 'presize'
  /** Remake it after many deletes: maps never give memory back. */
  | 'shrink'
  /** `clear` for a loop that deletes everything. */
  | 'clear'
  /** Keys that are deleted and inserted all the time make a map rehash that does not get larger. */
  | 'churn'
  /** It only grows. */
  | 'only-grows'
  /** A key type for which the compiler has a fast path. */
  | 'fast-key'
  /** Elements that are large enough to be held elsewhere. */
  | 'large-element'
  /** A sync.Map for a map and its lock. */
  | 'sync-map'
  /** A map and a lock for a sync.Map. */
  | 'plain-map'
  /** Range that deletes from a sync.Map. */
  | 'range-delete';

export const ADVICE_KINDS: readonly AdviceKind[] = [
  'presize',
  'shrink',
  'clear',
  'churn',
  'only-grows',
  'fast-key',
  'large-element',
  'sync-map',
  'plain-map',
  'range-delete',
];

/** Where a number was learnt: operations that were seen, the map's memory, its growths, or the binary. */
export type FactSource = 'operations' | 'memory' | 'growths' | 'binary';

/** One number that the advice rests on. */
export interface Evidence {
  readonly source: FactSource;
  /** What the number says: `entries that were moved by growths`. */
  readonly what: string;
  readonly value: number;
  readonly unit?: 'bytes' | 'entries' | 'slots' | 'seconds' | 'per_second' | 'share';
  readonly site?: EventFrame;
}

/** What following the advice is expected to save. Of the numbers at least one is there. */
export interface Gain {
  /** Memory that would no longer be held. */
  readonly bytes?: number;
  /** Memory that would no longer be added in an hour, if it goes on as it was observed. */
  readonly bytes_per_hour?: number;
  /** Memory that would no longer be allocated, in the time that was observed. */
  readonly allocated_bytes?: number;
  /** Operations that would no longer be done, or no longer the slow way, a second. */
  readonly operations_per_second?: number;
  /** Entries that would no longer be moved by growths, in the time that was observed. */
  readonly moved_entries?: number;
  /** How it was computed, with the numbers. */
  readonly how: string;
}

/** The map (or sync.Map) that the advice is about. */
export interface AdvisedMap {
  readonly id?: number;
  /** An expression that leads to it: `main.cache.sessions`. */
  readonly name?: string;
  readonly address?: string;
  /** `map[string]*shop.Session`. */
  readonly type?: string;
}

/** One piece of advice. It is given only where all of its parts are known. */
export interface Advice {
  readonly type: 'advice';
  readonly kind: AdviceKind;
  readonly pid?: number;
  readonly map: AdvisedMap;
  /** More maps that were made at the same place and are meant as well. */
  readonly other_maps?: number;
  /** The line to change; without one for what only the map's type or variable tells. */
  readonly site?: EventFrame;
  /** One sentence: what was seen, and what to do. */
  readonly text: string;
  readonly evidence: readonly Evidence[];
  readonly gain: Gain;
  /** Go code to write. */
  readonly code: string;
}

/** What `advise` is asked. */
export interface AdviseOptions {
  readonly pid: number;
  /** How long operations are observed before anything is said. */
  readonly observeMs: number;
  /** JavaScript regular expression on the map's type or name. Checked by the face: it compiles. */
  readonly map?: string;
}

/** The end of what `advise` answers. */
export interface AdviceReport {
  readonly type: 'advised';
  readonly pid: number;
  readonly observed_ms: number;
  /** Ended before that time by Ctrl-C or the end of the process. */
  readonly ended: EndReason;
  /** Maps that something is known of: found in memory, or seen in operations. */
  readonly maps: number;
  /** Writes, loops and reads that were seen. */
  readonly operations: number;
  /** Writes that were not seen, because they came too fast. */
  readonly lost: number;
  readonly advice: number;
}

/** `attached` first; all advice at the end, what saves most first; then the report. */
export type AdviseLine = Attached | Advice | AdviceReport | Notice;
