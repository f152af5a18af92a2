/** How long each kind of row is kept, milliseconds of age. */
export interface Retention {
  /** Windows of one second. */
  readonly seconds: number;
  /** Windows of one minute. */
  readonly minutes: number;
  /** Windows of one hour. */
  readonly hours: number;
  /** Sampled events. */
  readonly events: number;
  /** Growth, races, states of maps, costs, findings. */
  readonly facts: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const DEFAULT_RETENTION: Retention = {
  seconds: 6 * HOUR,
  minutes: 7 * DAY,
  hours: 400 * DAY,
  events: DAY,
  facts: 30 * DAY,
};

/** Nothing is kept longer than so many milliseconds. */
export const keptFor = (ms: number): Retention => ({
  seconds: Math.min(ms, DEFAULT_RETENTION.seconds),
  minutes: Math.min(ms, DEFAULT_RETENTION.minutes),
  hours: Math.min(ms, DEFAULT_RETENTION.hours),
  events: Math.min(ms, DEFAULT_RETENTION.events),
  facts: Math.min(ms, DEFAULT_RETENTION.facts),
});

/** Of a recording: it is as old as it is. */
export const FOREVER: Retention = { seconds: 1e14, minutes: 1e14, hours: 1e14, events: 1e14, facts: 1e14 };

/** Where a store is: a file, or memory alone, which is gone when it is closed. */
export type StorePlace = { readonly path: string } | { readonly memory: true };

export type StoreOptions = StorePlace & {
  readonly retention?: Partial<Retention>;
  /** Bytes that the file, with what lies beside it, may have; at least `LEAST_SIZE`. Absent: as large as it gets. */
  readonly sizeLimit?: number;
  /** Unix milliseconds; of a recording it is the recording's time. */
  readonly now?: () => number;
  /** Nothing is written, and no upkeep is done. */
  readonly readOnly?: boolean;
  /** How often `upkeep` runs by itself; 0 is never. */
  readonly upkeepMs?: number;
  /** What the user should know, as it comes: an end before that wrote nothing, a full disk, what was given up or is lost. */
  readonly say?: (notice: StoreNotice) => void;
};

/** Below this there is no room for DuckDB's own blocks. */
export const LEAST_SIZE = 16 * 1024 * 1024;

/** Something that the user of a store should know. */
export interface StoreNotice {
  readonly at: number;
  readonly code: 'store-gap' | 'store-limit' | 'store-not-written' | 'store-written-again' | 'store-lost';
  readonly message: string;
  readonly hint?: string;
}
