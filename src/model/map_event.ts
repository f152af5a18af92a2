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

/**
 * Labels that the program has set on the goroutine (runtime/pprof), and what of them tells the request. All is absent
 * where the goroutine had none, or where they were not looked at.
 */
export interface LabelsOfEvent {
  /** By name; under `hash` a value is `#` and 16 hexadecimal digits. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Those whose name or value is longer than what is shown. */
  readonly labels_cut?: readonly string[];
  /** Labels of the set that are not shown: too many, or not readable. */
  readonly labels_missing?: number;
  /** There are labels, and none of them could be read. */
  readonly labels_unreadable?: true;
  /** 32 hexadecimal digits, of a label that is known to carry it. */
  readonly trace_id?: string;
  /** 16 hexadecimal digits. */
  readonly span_id?: string;
}

/** One operation on one map, for display and JSON. What is not known is absent, never guessed. */
export interface MapEvent extends LabelsOfEvent {
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
