import type { FactsOfEvent } from './map_header.ts';
import type { MapOp } from './map_op.ts';

/** Which map an operation touched. */
export interface MapOfEvent {
  /** mapaudit's own number for one life of one map: it outlives growth, not reuse of the address. */
  readonly id?: number;
  /** Address of the map header, `0xc000123450`. Absent for a nil map. */
  readonly address?: string;
  /** `map[string]*shop.Session`. Absent when the probe was not told the type. */
  readonly type?: string;
  /** The header lies on a goroutine's stack. */
  readonly on_stack?: true;
}

/** The key of an operation. Exactly one of `text`, `hash` and `unreadable` is there. */
export interface KeyOfEvent {
  /** Go syntax: `"sess:91af"`, `42`, `shop.ID{Shard: 1, Name: "x"}`. */
  readonly text?: string;
  /** The key is longer than what was captured or asked for. */
  readonly truncated?: boolean;
  /** 16 hexadecimal digits: equal keys have equal hashes within one run. */
  readonly hash?: string;
  /** It could not be read at the hit, or nothing is known of its type. */
  readonly unreadable?: true;
}

/** One frame of a stack, or the caller. */
export interface FrameOfEvent {
  /** `shop.(*Cache).evict`; `0x4a81f0` when no function is known there. */
  readonly function: string;
  readonly file?: string;
  readonly line?: number;
  /** The function was inlined into the next frame that is not. */
  readonly inlined: boolean;
}

/** Who did it. */
export interface GoroutineOfEvent {
  readonly id: number;
  /** The function that the goroutine began with. */
  readonly start?: string;
}

/** One operation on one map, for display and JSON. What is not known is absent, never guessed. */
export interface MapEvent {
  readonly type: 'event';
  /** RFC 3339 with nanoseconds, UTC: `2026-03-01T12:01:33.102000417Z`. */
  readonly time: string;
  readonly pid?: number;
  readonly op: MapOp;
  /** The function of the runtime that was hit: `runtime.mapdelete_faststr`. */
  readonly function: string;
  readonly map: MapOfEvent;
  readonly key?: KeyOfEvent;
  /** Entries in the map before the operation. */
  readonly len?: number;
  /** The key was in the map: a delete removed it, an assign replaced its value. */
  readonly found?: boolean;
  /** Entries that a clear removed. */
  readonly removed?: number;
  /** Absent on a system stack. */
  readonly goroutine?: GoroutineOfEvent;
  readonly thread: number;
  readonly caller?: FrameOfEvent;
  /** Innermost first, the caller included; only where frames were captured. */
  readonly stack?: readonly FrameOfEvent[];
  /** Only where they were recorded: `break`. */
  readonly facts?: FactsOfEvent;
}
