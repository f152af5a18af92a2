import type { MapOp } from '../model/map_op.ts';

/** Which map an operation touched. */
export interface EventMap {
  /** mapaudit's own number for one life of one map: it outlives growth, not reuse of the address. */
  readonly id?: number;
  /** Address of the map header, `0xc000123450`. Absent for a nil map. */
  readonly address?: string;
  /** `map[string]*shop.Session`. Absent when the probe was not told the type. */
  readonly type?: string;
  /** The header lies on a goroutine's stack. */
  readonly on_stack?: true;
}

/**
 * The key of an operation. At most one of `text`, `hash` and `unreadable` is there; none of them when the
 * key has parts that were not captured.
 */
export interface EventKey {
  /** Go syntax: `"sess:91af"`, `42`, `shop.ID{Shard: 1, Name: "x"}`. */
  readonly text?: string;
  /** The key is longer than what was captured or asked for. */
  readonly truncated?: boolean;
  /** With `--keys=hash`: equal keys have equal hashes within one run. */
  readonly hash?: string;
  /** The key's memory could not be read at the hit. */
  readonly unreadable?: true;
}

/** One frame of a stack, or the caller. */
export interface EventFrame {
  /** `shop.(*Cache).evict`; `0x4a81f0` when no function is known there. */
  readonly function: string;
  readonly file?: string;
  readonly line?: number;
  /** The function was inlined into the next frame that is not. */
  readonly inlined: boolean;
}

/** Who did it. */
export interface EventGoroutine {
  readonly id: number;
  /** The function that the goroutine began with. */
  readonly start?: string;
}

/** One operation on one map. What is not known is absent, never guessed. */
export interface TraceEvent {
  readonly type: 'event';
  /** RFC 3339 with nanoseconds, UTC: `2026-03-01T12:01:33.102000417Z`. */
  readonly time: string;
  readonly pid?: number;
  readonly op: MapOp;
  /** The function of the runtime that was hit: `runtime.mapdelete_faststr`. */
  readonly function: string;
  readonly map: EventMap;
  readonly key?: EventKey;
  /** Entries in the map before the operation. */
  readonly len?: number;
  /** The key was in the map: a delete removed it, an assign replaced its value, an access read it. */
  readonly found?: boolean;
  /** Absent on a system stack. */
  readonly goroutine?: EventGoroutine;
  readonly thread: number;
  readonly caller?: EventFrame;
  /** Innermost first, the caller included; with `--stack` only. */
  readonly stack?: readonly EventFrame[];
}
