import type { Attached } from './attached.ts';
import type { EventFrame, EventGoroutine } from './event.ts';
import type { InspectSubject } from './inspect.ts';
import type { Notice } from './notice.ts';
import type { Summary } from './summary.ts';

/** Lengths that a watchpoint can have, in bytes. */
export const WATCH_LENGTHS = [1, 2, 4, 8] as const;
export type WatchLength = (typeof WATCH_LENGTHS)[number];

/** Processors have no watchpoint for reads alone. */
export const WATCH_ACCESSES = ['write', 'rw'] as const;
export type WatchAccess = (typeof WATCH_ACCESSES)[number];

/** Bytes of a process that are watched. */
export interface WatchedPlace {
  readonly address: number;
  readonly length: WatchLength;
  readonly label?: string;
}

/** One key of one map. */
export interface WatchedKeyOf {
  readonly subject: InspectSubject;
  /** Go syntax. */
  readonly key: string;
}

export interface WatchOptions {
  readonly pid: number;
  /** Places that stay where they are, or a key's slot, which is followed. */
  readonly what:
    /** At most four: each thread of a processor has no more watchpoints. */
    | { readonly type: 'places'; readonly places: readonly WatchedPlace[] }
    | ({ readonly type: 'key' } & WatchedKeyOf);
  readonly access: WatchAccess;
  /** Frames of each hit's stack; 0: the writer and its caller alone. */
  readonly frames: number;
  readonly durationMs?: number;
  readonly count?: number;
}

/** What a place held at another moment than that of the hit; no other hit came between. */
export interface WatchValue {
  /** The bytes as one little-endian number: `0x2a`. */
  readonly word: string;
  /** Nanoseconds between this reading and the hit. */
  readonly read_ns: number;
}

/** A thread touched a watched place. What is not certain is absent. */
export interface Hit {
  readonly type: 'hit';
  /** RFC 3339 with nanoseconds, UTC. */
  readonly time: string;
  readonly place: { readonly address: string; readonly length: WatchLength; readonly label?: string };
  readonly thread: number;
  readonly goroutine?: EventGoroutine;
  /** The kernel did it, for a system call that the writer made. */
  readonly kernel?: true;
  /** The line that did it. */
  readonly writer: EventFrame;
  /** The line of the program on whose behalf Go's own runtime did it; absent when the writer is that itself. */
  readonly caller?: EventFrame;
  /** Innermost first, the writer included; with --stack only. */
  readonly stack?: readonly EventFrame[];
  /** Read before the hit. */
  readonly before?: WatchValue;
  /** Read after the hit. */
  readonly after?: WatchValue;
}

/** How well a run of `watch` saw. */
export interface WatchedThreads {
  /** Threads that were watched, ever. */
  readonly threads: number;
  /** Of the program's new threads, those that were not watched from their first moment. */
  readonly late_threads: number;
  /** The longest time that one of them was not. */
  readonly longest_gap_ms: number;
  /** How often the watchpoints followed a place that had moved. */
  readonly moves: number;
}

/** `attached` first, `summary` last and always. */
export type WatchLine = Attached | Hit | Notice | Summary;
