import type { Finding } from './finding.ts';
import type { MapEvent } from './map_event.ts';
import type { MapOp } from './map_op.ts';
import type { ProcessRef, SiteRef, Window } from './window.ts';

/**
 * What a service that watches programs sees, in the order in which it happened. Store, rules, metrics and the page
 * all take this and nothing else, so a recording can be given to each of them in place of a running program.
 */
export type FeedItem =
  | ProcessJoined
  | ProcessLeft
  | WindowClosed
  | SampledEvents
  | GrowthStep
  | RaceSeen
  | MapStates
  | Cost
  | FindingTold;

/** A process is audited from now on. */
export interface ProcessJoined {
  readonly type: 'joined';
  /** Unix milliseconds, like every `at`. */
  readonly at: number;
  readonly process: ServedProcess;
  /**
   * Growths are told from its ordinary events: without their cause, and one whose event was lost is in the counts of windows
   * alone.
   */
  readonly growth?: 'among-events';
  /** Of a recording, the operations that were recorded; absent: all. */
  readonly ops?: readonly MapOp[];
}

/** A process that is audited, with what tells it from others. What is not known is absent. */
export interface ServedProcess extends ProcessRef {
  readonly exe?: string;
  readonly goVersion?: string;
  readonly container?: string;
  /** Path in the cgroup tree, `/system.slice/shop.service`. */
  readonly cgroup?: string;
  /** How it is audited; a recording does not say it. */
  readonly probe?: 'kernel' | 'inline' | 'build';
}

/** A process has ended, or is audited no more. */
export interface ProcessLeft {
  readonly type: 'left';
  readonly at: number;
  readonly process: ProcessRef;
}

/** A second is over. Of several processes there is one window; its counts name the process. */
export interface WindowClosed {
  readonly type: 'window';
  readonly window: Window;
}

/** Events in the order of their time: all of them, or one in `sampledEvery`. */
export interface SampledEvents {
  readonly type: 'events';
  readonly process: ProcessRef;
  readonly sampledEvery: number;
  readonly events: readonly ServedEvent[];
}

/** An event with the context that its goroutine was in. */
export type ServedEvent = MapEvent;

/** A map as items of the feed name it. */
export interface MapRef {
  readonly process: ProcessRef;
  readonly mapType?: string;
  readonly mapId?: number;
  /** `0xc000123450` */
  readonly mapAddress?: string;
}

/** A map grew, was rehashed, split, pruned or cleared. */
export interface GrowthStep extends MapRef {
  readonly type: 'growth';
  readonly at: number;
  readonly op: 'grow' | 'evacuate' | 'rehash' | 'split' | 'prune' | 'clear';
  readonly trigger?: 'load' | 'overflow' | 'small-full' | 'tombstones';
  /** Entries before. */
  readonly len?: number;
  /** Buckets or slots before and after. */
  readonly from?: number;
  readonly to?: number;
  readonly unit?: 'buckets' | 'slots';
  readonly moved?: number;
  readonly movedBytes?: number;
  readonly durationNs?: number;
  readonly site?: SiteRef;
}

/** One side of a race. */
export interface RaceSideSeen {
  readonly op: MapOp;
  readonly site?: SiteRef;
  readonly goroutine?: number;
  /** Innermost first. */
  readonly stack: readonly SiteRef[];
  /** Where the functions of its stack take mutexes; none: they take none; absent: not known. */
  readonly locks?: readonly SiteRef[];
}

/** Two goroutines stood at the beginning of operations on one map at one moment, and one was to write. */
export interface RaceSeen extends MapRef {
  readonly type: 'race';
  readonly at: number;
  /** Of the run: the same number is the same pair of places. */
  readonly id: number;
  readonly kind: 'write/write' | 'write/read' | 'write/iterate' | 'write/clear';
  readonly key?: string;
  readonly sides: readonly [RaceSideSeen, RaceSideSeen];
  readonly count: number;
}

/** What one map looked like at one moment. */
export interface MapState {
  readonly mapType: string;
  readonly mapAddress: string;
  /** The variable or field that holds it, as `maps` names it: `(*shop.Cache).sessions`. */
  readonly name?: string;
  readonly entries: number;
  readonly capacity?: number;
  /** Of the map itself, without what its keys and values point to. */
  readonly bytes?: number;
  /** Of `bytes`: empty slots, tombstones and overflow. */
  readonly wasteBytes?: number;
  readonly tombstones?: number;
}

/** The maps of a process, as they were found in its memory. */
export interface MapStates {
  readonly type: 'maps';
  readonly at: number;
  readonly process: ProcessRef;
  readonly maps: readonly MapState[];
  /** Maps that there are beyond those of the list. */
  readonly left: number;
}

/** What mapaudit costs a process, and what was lowered to keep to the budget. */
export interface Cost {
  readonly type: 'cost';
  readonly at: number;
  readonly process: ProcessRef;
  /** Share of the process's CPU time that its probes took since the last time: 0.01 is one percent. */
  readonly share: number;
  readonly budget: number;
  /** One event in so many operations; counters see all. */
  readonly sampledEvery: number;
  /** Keys are captured. */
  readonly keys: boolean;
  /** Reads are counted. */
  readonly reads: boolean;
  /** Nothing is counted for a while: counting alone would cost more than the budget. */
  readonly paused?: true;
  /** Fill of the fullest ring, 0 to 1. */
  readonly ringFill: number;
  /** Since the beginning. */
  readonly events: number;
  readonly lost: {
    readonly ringFull: number;
    /** Of `ringFull`: growths. No window has them. */
    readonly growths?: number;
    readonly outputSlow: number;
  };
  /** Operations so far of which it was seen whether their key was there, and which were too many to keep; absent: none. */
  readonly foundUnknown?: number;
}

/** A rule has found something, or what it had found is over. */
export interface FindingTold {
  readonly type: 'finding';
  readonly at: number;
  readonly finding: Finding;
}

/** Whoever takes the feed. What it throws ends nobody but itself: the service says so and goes on. */
export interface FeedSink {
  /** In order; the items are not changed afterwards. Resolves when the next may come. */
  take(items: readonly FeedItem[]): void | Promise<void>;
  /** No item comes any more. */
  close(): Promise<void>;
}
