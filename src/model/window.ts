import type { MapOp } from './map_op.ts';

/** One process as the store knows it: a pid alone is used again, and may become another program by exec. */
export interface ProcessRef {
  readonly pid: number;
  /**
   * When it began to run its program, Unix milliseconds: when the process began, or an exec was seen. Absent where it had
   * gone before it was met.
   */
  readonly started?: number;
  /** `server`: the command's name. */
  readonly name: string;
  /** GNU or Go build id of its binary, hexadecimal or as Go writes it; absent for a binary without one. */
  readonly buildId?: string;
}

/** Where an operation comes from. */
export interface SiteRef {
  /** `shop.(*Cache).evict`. */
  readonly function: string;
  readonly file?: string;
  readonly line?: number;
}

/** Operations of one kind, from one place, on one map, within a window. What is not known is absent. */
export interface WindowCount {
  readonly process: ProcessRef;
  readonly op: MapOp;
  /** `map[string]*shop.Session`. */
  readonly mapType?: string;
  /** Number of the map's life where lives are numbered, else absent. */
  readonly mapId?: number;
  /** Address of the map's header, `0xc000123450`. */
  readonly mapAddress?: string;
  readonly site?: SiteRef;
  /** Exact: also where events are sampled. */
  readonly count: number;
  /** Of `count`, as far as it is known. */
  readonly found: number;
  readonly notFound: number;
  /** Entries that clears removed, as far as it is known. */
  readonly removed: number;
}

/** Operations that are counted in a window and have no event of their own, by cause. */
export interface WindowLoss {
  /** The ring was full. */
  readonly ringFull: number;
  /** Left out on purpose. */
  readonly sampled: number;
}

/** Time within a window in which operations of a process were not counted, to keep to the budget. */
export interface Uncounted {
  readonly process: ProcessRef;
  /** All of them, or reads alone. */
  readonly ops: 'all' | 'reads';
  readonly ms: number;
}

/** Everything that was counted in one span of time. */
export interface Window {
  /** Unix milliseconds, a whole second; a multiple of the length where it is rolled up. */
  readonly start: number;
  /** 1,000 when it is made, whole seconds more where it could not be closed in time; 60,000 and 3,600,000 when it is rolled up. */
  readonly lengthMs: number;
  readonly counts: readonly WindowCount[];
  readonly loss: WindowLoss;
  /** Absent where everything was counted. */
  readonly uncounted?: readonly Uncounted[];
  /**
   * Milliseconds by which the wall clock was set at the end of this window, negative: back. All that follows in a feed
   * has the new time. Absent where it was not set, and in the feed of a recording, which is in the order of its times.
   */
  readonly clockSetMs?: number;
}
