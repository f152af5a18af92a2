import type { Attached } from './attached.ts';
import type { EventFrame, EventGoroutine, EventKey, EventMap } from './event.ts';
import type { MapOp } from './map_op.ts';
import type { Notice } from './notice.ts';
import type { KeyMode, ProbeKind } from './options.ts';
import type { Summary } from './summary.ts';

/** All that `race` needs. */
export interface RaceOptions {
  readonly pid: number;
  /** JavaScript regular expression on the map's type name, or the path of a variable that holds the map. */
  readonly map?: string;
  /** Address of the map header. */
  readonly mapAddress?: number;
  /** How much of the CPU time that the program takes may go into waiting: 0.01 is one percent. */
  readonly budget: number;
  readonly keys: KeyMode;
  /** Frames of each stack beyond the caller. */
  readonly frames: number;
  readonly durationMs?: number;
  /** Ends after so many races. */
  readonly count?: number;
  readonly ringBytes?: number;
  /** How operations are held. */
  readonly probe: ProbeKind;
}

/** One of two operations that were about to begin at the same moment. */
export interface RaceSide {
  readonly op: MapOp;
  /** The function of the runtime at whose beginning it stood. */
  readonly function: string;
  /** RFC 3339 with nanoseconds, UTC. */
  readonly time: string;
  readonly goroutine?: EventGoroutine;
  readonly thread: number;
  /** Absent for operations without one. */
  readonly key?: EventKey;
  /** The line of the program, behind what Go's own packages do on its behalf (reflect, maps). */
  readonly caller?: EventFrame;
  /** Innermost first, from the line that called the runtime. */
  readonly stack?: readonly EventFrame[];
  /**
   * Where functions of its stack take a sync.Mutex or RWMutex, innermost first; empty where no call that does was found.
   * Whether it held one is not known. Absent where the stack is not whole, or code cannot be read.
   */
  readonly locks?: readonly EventFrame[];
}

/** What the two are to each other. */
export type RaceKind = 'write/write' | 'write/read' | 'write/iterate' | 'write/clear';

/**
 * Two goroutines stood at the beginning of an operation on the same map at the same moment, and one of them was to
 * write: that is a race, whatever came of it. One for each pair of places; told when it is first seen, and once more
 * at the end if it was seen again.
 */
export interface Race {
  readonly type: 'race';
  /** Of this run: the same number is the same race. */
  readonly id: number;
  readonly kind: RaceKind;
  /** Of the first time. */
  readonly map: EventMap;
  /** Entries in the map at that time. */
  readonly len?: number;
  /** The key, where both had the same. */
  readonly key?: EventKey;
  /** Whether both had the same key; absent where one has none, or it is not known. */
  readonly same_key?: boolean;
  /** The one that was held, and the one that came upon it. */
  readonly sides: readonly [RaceSide, RaceSide];
  /** How often it was seen. */
  readonly count: number;
  /** On how many maps. */
  readonly maps: number;
}

/**
 * An operation began while the runtime's own mark "being written" was set on the map: another goroutine was within
 * a write. That is a race too, of which only this side is known. The runtime ends the program when it finds the same.
 */
export interface Writing {
  readonly type: 'writing';
  readonly id: number;
  readonly map: EventMap;
  readonly side: RaceSide;
  readonly count: number;
}

/** A place from which a map was written to. */
export interface SharedSite {
  readonly op: MapOp;
  readonly caller: EventFrame;
  /** Goroutines that were seen there. */
  readonly goroutines: number;
}

/** A map to which several goroutines write, one after the other as far as it was seen. That alone is no race. */
export interface Shared {
  readonly type: 'shared';
  readonly map: EventMap;
  /** Of how many maps of this type, with writes from the same places, that is so. */
  readonly maps: number;
  /** Goroutines that were seen writing to one of them, at least. */
  readonly goroutines: number;
  readonly sites: readonly SharedSite[];
}

/** What a run of `race` found, and what it cost. */
export interface RaceTotals {
  /** Maps that several goroutines write to. */
  readonly shared: number;
  /** Places that found the runtime's mark set. */
  readonly writing: number;
  /** Operations that were seen. */
  readonly operations: number;
  /** Operations that were held. */
  readonly watches: number;
  readonly waited_ms: number;
  readonly longest_wait_us: number;
  /** What was asked for. */
  readonly budget: number;
  /** CPU time of the program meanwhile, the hits of probes included. */
  readonly target_cpu_ms: number;
  /** `waited_ms` as a share of the program's CPU time; of an idle one, as if it took a tenth of a CPU. */
  readonly waited_share?: number;
}

/** `attached` first, `summary` last and always; `shared` stands before it. */
export type RaceLine = Attached | Race | Writing | Shared | Notice | Summary;
