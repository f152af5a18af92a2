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

/** What an entry consists of; `pointee` is what its element points to, or the items of a slice. */
export const WATCH_PARTS = ['control', 'key', 'elem', 'pointee'] as const;
export type WatchPart = (typeof WATCH_PARTS)[number];

/** Which bytes of an entry to watch; none said: as well as four watchpoints can, by the kind of element. */
export interface KeyBytes {
  /** In this order, as far as the watchpoints reach. */
  readonly parts?: readonly WatchPart[];
  /** A field or item of the element, or of what it points to: `Hits`, `Addr.City`, `[2]`. */
  readonly field?: string;
  /** Of the first of the parts that is not `control`, or of the field. */
  readonly offset?: number;
  readonly length?: number;
}

/** One key of one map. */
export interface WatchedKeyOf {
  readonly subject: InspectSubject;
  /** Go syntax. */
  readonly key: string;
  readonly bytes?: KeyBytes;
}

/** Bytes `from` to before `to`. */
export interface WatchedByteRange {
  readonly from: number;
  readonly to: number;
}

/** A part of an entry, and how much of it is watched. */
export interface WatchedPart {
  readonly part: WatchPart;
  readonly label: string;
  readonly address: string;
  readonly size: number;
  readonly watched: readonly WatchedByteRange[];
  /** A write to these bytes is not seen. */
  readonly unwatched: readonly WatchedByteRange[];
}

/** Which bytes are watched for a key, and which are not. */
export interface WatchedBytes {
  readonly key: string;
  /** While it is not in the map, `places` are where an insert would write. */
  readonly present: boolean;
  /** `slot 3 of group 0 in table 2` */
  readonly slot?: string;
  readonly parts: readonly WatchedPart[];
  readonly places: readonly {
    readonly address: string;
    readonly length: WatchLength;
    readonly label: string;
  }[];
}

/** The watchpoints are elsewhere from now on. */
export interface Watching extends WatchedBytes {
  readonly type: 'watching';
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
  /** What they mean in Go, where they are a whole value: `42`, `nil`, `full (0x2a)`. */
  readonly text?: string;
  /** Nanoseconds between this reading and the hit. */
  readonly read_ns: number;
}

/** A thread touched a watched place. What is not certain is absent. */
export interface Hit {
  readonly type: 'hit';
  /** RFC 3339 with nanoseconds, UTC. */
  readonly time: string;
  readonly place: {
    readonly address: string;
    readonly length: WatchLength;
    readonly label?: string;
    /** Of the key's entry, and from which of its bytes on. */
    readonly part?: WatchPart;
    readonly offset?: number;
  };
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
  /**
   * The string of which the place is a word, in Go syntax, before and after the store that this hit completes. It is
   * written in two hits; the first one says nothing of it.
   */
  readonly string?: { readonly before?: string; readonly after?: string };
}

/** How well a run of `watch` saw. */
export interface WatchedThreads {
  /** Threads that were watched, ever. */
  readonly threads: number;
  /** Of the program's new threads, those that were not watched from their first moment. */
  readonly late_threads: number;
  /** The longest time that one of them was not. */
  readonly longest_gap_ms: number;
  /** How often the map was seen to have moved the key to another slot. */
  readonly moves: number;
  /** Of a key: how often it was seen to have gone from the map, and to be in it again. */
  readonly gone?: number;
  readonly returned?: number;
  /** Of a key: how often its element was seen to point elsewhere. */
  readonly retargeted?: number;
}

/** `attached` first, `summary` last and always. */
export type WatchLine = Attached | Watching | Hit | Notice | Summary;
