import type { MapOp } from '../model/map_op.ts';
import type { Attached } from './attached.ts';
import type { Loss } from './loss.ts';
import type { EndReason } from './summary.ts';

/** Operations of one kind on one map from one place. Views of `top` are sums over these. */
export interface Counter {
  readonly pid?: number;
  readonly op: MapOp;
  readonly map_id?: number;
  /** `map[string]*shop.Session`; absent when not known. */
  readonly map_type?: string;
  /** The calling function; absent when not known. */
  readonly caller?: string;
  readonly file?: string;
  readonly line?: number;
  /** Since the beginning of the run; exact even where events are sampled. */
  readonly count: number;
  /** Operations a second over the last interval. */
  readonly rate: number;
  /** Of `count`, as far as it is known. */
  readonly found?: number;
  readonly not_found?: number;
  /** Entries that clears removed, as far as it is known. */
  readonly removed?: number;
}

/** Sampled keys that begin alike. Only there after `wantKeys(true)`. */
export interface KeyPrefixCounter {
  readonly pid?: number;
  /** Go syntax without the closing quote, `"sess:`; a whole key where keys are not strings. */
  readonly prefix: string;
  readonly op: MapOp;
  readonly map_type?: string;
  /** Estimated from the sample. */
  readonly count: number;
  readonly rate: number;
}

/** What `top` shows at one moment. */
export interface Snapshot {
  readonly type: 'snapshot';
  /** RFC 3339, UTC. */
  readonly time: string;
  /** Since the beginning of the run. */
  readonly elapsed_ms: number;
  /** The interval that the rates are taken over. */
  readonly interval_ms: number;
  readonly targets: readonly Attached[];
  readonly counters: readonly Counter[];
  readonly key_prefixes?: readonly KeyPrefixCounter[];
  /** One in how many operations `key_prefixes` was sampled from. */
  readonly keys_sampled_every?: number;
  readonly events: number;
  readonly lost: number;
  readonly loss: Loss;
  /** Set in the last snapshot of a run that ended by itself. */
  readonly ended?: EndReason;
}
