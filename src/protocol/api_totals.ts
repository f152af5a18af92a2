import type { MapOp } from './map_op.ts';

/** What the probes of a process have counted up to now: of this moment, not of whole seconds. */
export interface ApiTotals {
  readonly process: string;
  /** Since it is watched, without what was not counted in between. */
  readonly counts: readonly { readonly op: MapOp; readonly count: number }[];
  /** What is not counted now, to keep to the budget. */
  readonly uncounted?: 'all' | 'reads';
}

/** What a live stream has beyond windows, findings and the status. */
export interface ApiLiveWant {
  readonly events: boolean;
  /** Milliseconds from one message with totals to the next; absent: none. */
  readonly totalsMs?: number;
}
