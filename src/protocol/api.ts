import type { ApiLiveWant, ApiTotals } from './api_totals.ts';
import type { TraceEvent } from './event.ts';
import type { MapOp } from './map_op.ts';

/**
 * The API behind the page, version 1. All paths begin with `/api/v1`. Times are Unix milliseconds, counts exact unless
 * a field says `sampled`. Every list has a bound, and `left` says how much lies beyond it.
 */
export const API_VERSION = 1;

/** What every question about the past may be narrowed to; the names of the parameters in the address. */
export interface ApiSlice {
  /** From and to, Unix milliseconds; `to` is left out of what is asked. */
  readonly from: number;
  readonly to: number;
  /** `PID-STARTED`, as `ApiProcess.id`. */
  readonly process?: string;
  readonly op?: MapOp;
  /** Exact name of a type. */
  readonly map_type?: string;
  /** `0xc000123450` */
  readonly map?: string;
  /** `ApiSite.id`. */
  readonly site?: string;
}

/** A process that is or was audited; one that becomes another program (exec) is another one from then on. */
export interface ApiProcess {
  /** `PID-STARTED` */
  readonly id: string;
  readonly pid: number;
  readonly name: string;
  /** When it began to run its program: when the process began, or the exec was seen. */
  readonly started?: number;
  readonly exe?: string;
  readonly go_version?: string;
  readonly build_id?: string;
  readonly container?: string;
  /** Path in the cgroup tree, `/system.slice/shop.service`. */
  readonly cgroup?: string;
  readonly probe?: 'kernel' | 'inline' | 'build';
  readonly joined?: number;
  readonly left?: number;
}

/** A line of the program that calls a map function. */
export interface ApiSite {
  /** 16 hexadecimal digits of the hash of function, file and line. */
  readonly id: string;
  readonly function: string;
  readonly file?: string;
  readonly line?: number;
}

/** `GET /status`: what runs, and what it costs. */
export interface ApiStatus {
  readonly type: 'status';
  readonly version: string;
  readonly api: 1;
  readonly now: number;
  readonly began: number;
  readonly processes: readonly ApiProcess[];
  /**
   * Processes that were found and are still to be looked at, one after the other: whether they run Go, and can be watched.
   * Absent: none.
   */
  readonly to_come?: number;
  readonly cost: readonly {
    readonly process: string;
    readonly share: number;
    readonly budget: number;
    readonly sampled_every: number;
    readonly keys: boolean;
    readonly reads: boolean;
    /** Nothing is counted for a while, to keep to the budget. */
    readonly paused?: true;
    readonly ring_fill: number;
    /** Operations of which it was seen whether their key was there, and which were too many to keep. */
    readonly found_unknown?: number;
  }[];
  readonly events: number;
  readonly lost: {
    readonly ring_full: number;
    /** The sum over `sinks`. */
    readonly output_slow: number;
    /** What was left out where it was taken too slowly: the store, rules, exporters, the live view. */
    readonly sinks: readonly { readonly sink: string; readonly dropped: number }[];
  };
  /** What is shown is a recording, not a program: `now` is its end, and `began` its beginning. */
  readonly recording?: {
    readonly file: string;
    readonly from: number;
    readonly to: number;
    /** All of it has come. */
    readonly whole: boolean;
    /** Version of mapaudit that made it, name of the machine, and one event in so many; absent where the file does not say. */
    readonly mapaudit?: string;
    readonly host?: string;
    readonly sampled_every?: number;
  };
  /** Absent where nothing is kept. */
  readonly store?: { readonly bytes: number; readonly oldest?: number; readonly trouble?: string };
  /** What the user should know, newest last. */
  readonly notices: readonly {
    readonly at: number;
    /** `clock-set`; absent for most. */
    readonly code?: string;
    readonly message: string;
    readonly hint?: string;
  }[];
}

/** Counts over time. `at + i * step` is where point i begins; null: nothing was recorded then. */
export interface ApiSeries {
  readonly name: string;
  readonly op?: MapOp;
  readonly site?: ApiSite;
  readonly map_type?: string;
  readonly total: number;
  readonly points: readonly (number | null)[];
}

/** `GET /rates?by=op|map_type|site|process`: counts in steps. `step`: 1,000, 60,000 or 3,600,000 or a multiple. */
export interface ApiRates {
  readonly type: 'rates';
  readonly at: number;
  readonly step: number;
  readonly series: readonly ApiSeries[];
  /** Counts of what is not among `series`: sums stay exact. */
  readonly other: number;
  /** Of each step, how many milliseconds were recorded: of the one that is not over yet, of the first, of one with a gap a part. */
  readonly recorded: readonly number[];
  /**
   * Of each step, for how many milliseconds not everything was counted, to keep to the budget; absent: everything was.
   * A count there is of the rest of the step.
   */
  readonly uncounted?: readonly number[];
}

/** For how long operations of a process were not counted. */
export interface ApiUncounted {
  readonly process: string;
  /** All of them, or reads alone. */
  readonly ops: 'all' | 'reads';
  readonly ms: number;
}

/** How often one thing was done within the slice. */
export interface ApiCount {
  readonly op: MapOp;
  readonly count: number;
  readonly found?: number;
  readonly not_found?: number;
}

export interface ApiTopSite {
  readonly site: ApiSite;
  readonly map_type?: string;
  readonly process: string;
  readonly counts: readonly ApiCount[];
  readonly total: number;
}

/** A map: by its address while it lived, or by its type where only that is known. */
export interface ApiTopMap {
  readonly map?: string;
  readonly map_type: string;
  readonly name?: string;
  readonly process: string;
  readonly counts: readonly ApiCount[];
  readonly total: number;
  /** As it was found last. */
  readonly entries?: number;
  readonly bytes?: number;
  readonly waste_bytes?: number;
}

/** A finding as the page shows it. */
export interface ApiFinding {
  readonly id: string;
  readonly rule: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly state: 'firing' | 'resolved';
  readonly title: string;
  readonly process: string;
  readonly map_type?: string;
  readonly map?: string;
  readonly site?: ApiSite;
  readonly prefix?: string;
  readonly evidence: readonly { readonly text: string; readonly from: number; readonly to: number }[];
  readonly since: number;
  readonly fired_at: number;
  readonly last_seen: number;
}

/** `GET /overview`: all that the first page shows of a slice. */
export interface ApiOverview {
  readonly type: 'overview';
  readonly slice: ApiSlice;
  readonly rates: ApiRates;
  readonly sites: readonly ApiTopSite[];
  readonly sites_left: number;
  readonly maps: readonly ApiTopMap[];
  readonly maps_left: number;
  readonly findings: readonly ApiFinding[];
  /** Operations that are counted and have no event of their own; and those that were not counted, to keep to the budget. */
  readonly loss: {
    readonly ring_full: number;
    readonly sampled: number;
    readonly uncounted: readonly ApiUncounted[];
  };
}

/** `GET /findings`: those that fired within the slice, or fire still. */
export interface ApiFindings {
  readonly type: 'findings';
  readonly findings: readonly ApiFinding[];
}

/** A step of growth. */
export interface ApiGrowth {
  readonly at: number;
  readonly op: 'grow' | 'evacuate' | 'rehash' | 'split' | 'prune' | 'clear';
  readonly trigger?: string;
  readonly len?: number;
  readonly from?: number;
  readonly to?: number;
  readonly duration_ns?: number;
  readonly site?: ApiSite;
}

/** `GET /map?map=&map_type=&process=`: one map, or all of a type. */
export interface ApiMap {
  readonly type: 'map';
  readonly map?: string;
  readonly map_type: string;
  readonly name?: string;
  readonly process: string;
  readonly rates: ApiRates;
  /** How many entries and bytes it had, when it was looked at. */
  readonly sizes: readonly {
    readonly at: number;
    readonly entries: number;
    readonly bytes?: number;
    readonly waste_bytes?: number;
  }[];
  readonly growth: readonly ApiGrowth[];
  readonly growth_left: number;
  readonly writers: readonly ApiTopSite[];
  readonly readers: readonly ApiTopSite[];
  /** From sampled events: keys that were touched most. */
  readonly keys: readonly ApiKeyCount[];
}

/** A key among sampled events. */
export interface ApiKeyCount {
  readonly key: string;
  readonly op: MapOp;
  /** Events that were kept. */
  readonly sampled: number;
}

/** `GET /layout?map=&process=`: how the slots of a map are filled now; of a process that is there. */
export interface ApiLayout {
  readonly type: 'layout';
  readonly map: string;
  readonly kind: 'classic' | 'swiss';
  readonly entries: number;
  readonly slots: number;
  readonly tombstones: number;
  /** One a group or bucket, in order: slots that are full, and deleted; at most 4,096 of them, `every` says how many one stands for. */
  readonly every: number;
  readonly groups: readonly { readonly full: number; readonly deleted: number; readonly overflow?: number }[];
}

/** `GET /site?site=`: one line of the program. */
export interface ApiSitePage {
  readonly type: 'site';
  readonly site: ApiSite;
  readonly rates: ApiRates;
  readonly maps: readonly ApiTopMap[];
  readonly keys: readonly ApiKeyCount[];
  /** Stacks of sampled events, innermost first, with how many had each. */
  readonly stacks: readonly { readonly frames: readonly ApiSite[]; readonly sampled: number }[];
  readonly stacks_left: number;
  /** The lines around it, if the file is there and is the one that was compiled, as far as its time tells. */
  readonly source?: { readonly from: number; readonly lines: readonly string[]; readonly newer: boolean };
}

/** `GET /key?key=&map_type=&process=`: the life of one key, from events that were kept. */
export interface ApiKey {
  readonly type: 'key';
  readonly key: string;
  readonly sampled_every: number;
  readonly events: readonly ApiEvent[];
  readonly left: number;
}

/** An event, with the process and the site by which the page links. */
export interface ApiEvent extends TraceEvent {
  readonly process: string;
  readonly site?: ApiSite;
}

/** `GET /events`: the newest of the slice that were kept; `key` is a glob, `filter` as `trace --map`, `--site`. */
export interface ApiEvents {
  readonly type: 'events';
  readonly events: readonly ApiEvent[];
  readonly left: number;
}

/** `GET /query?q=` and `POST /sql`: a table. */
export interface ApiTable {
  readonly type: 'table';
  readonly columns: readonly { readonly name: string; readonly kind: 'text' | 'number' | 'time' | 'bool' }[];
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
  readonly left: number;
  readonly took_ms: number;
  /** For how long what it counts was not counted, to keep to the budget; absent: never. Its rates are over the rest. */
  readonly uncounted?: readonly ApiUncounted[];
}

/**
 * `GET /live?events=1&totals=10&op=&map=&site=&key=&process=`: server-sent events, one JSON a message. `window` each
 * second; `events` only where they are asked for, at most 1,000 a message, `skipped` counts the rest; `totals` each so many
 * milliseconds where they are asked for.
 */
export type ApiLive =
  | {
      readonly type: 'window';
      readonly start: number;
      readonly length_ms: number;
      readonly counts: readonly ApiCount[];
      /** Of what the counts leave out; absent: nothing. */
      readonly uncounted?: readonly ApiUncounted[];
    }
  | { readonly type: 'events'; readonly events: readonly ApiEvent[]; readonly skipped: number }
  | { readonly type: 'totals'; readonly at: number; readonly processes: readonly ApiTotals[] }
  | { readonly type: 'finding'; readonly finding: ApiFinding }
  | { readonly type: 'status'; readonly status: ApiStatus };

/** What any of them answers when it cannot: with a status of 4xx or 5xx. */
export interface ApiError {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** How long a list may be that a question asks for; the answer says what lies beyond it. */
export interface ApiLimit {
  readonly limit?: number;
}

/** Which events: as the flags of `trace` mean it. */
export interface ApiEventFilter {
  /** Glob on the key's text. */
  readonly key?: string;
  /** Regular expression on the map's type. */
  readonly map?: string;
  /** Regular expression on `function file:line`. */
  readonly site?: string;
  readonly op?: MapOp;
  readonly process?: string;
  readonly goid?: number;
}

/** What can be answered from what was kept. Each fails with a MapauditError. */
export interface KeptQuestions {
  overview(slice: ApiSlice): Promise<ApiOverview>;
  rates(
    slice: ApiSlice,
    by: 'op' | 'map_type' | 'site' | 'process',
    step: number,
    limit: ApiLimit,
  ): Promise<ApiRates>;
  findings(slice: ApiSlice): Promise<ApiFindings>;
  map(slice: ApiSlice): Promise<ApiMap>;
  site(slice: ApiSlice): Promise<ApiSitePage>;
  key(slice: ApiSlice, key: string, limit: ApiLimit): Promise<ApiKey>;
  events(slice: ApiSlice, filter: ApiEventFilter, limit: ApiLimit): Promise<ApiEvents>;
  /** `deletes by site last 10m` */
  query(text: string): Promise<ApiTable>;
  /** One statement that reads. */
  sql(text: string): Promise<ApiTable>;
  /** The same questions, whose answers are given up when the signal is aborted; absent: they are soon there anyway. */
  endingWith?(signal: AbortSignal): KeptQuestions;
}

/** All that the API answers. */
export interface ApiQuestions extends KeptQuestions {
  status(): ApiStatus;
  /** Error: `not-there` where the process has ended or the map is gone. */
  layout(process: string, map: string): Promise<ApiLayout>;
  live(filter: ApiEventFilter, want: ApiLiveWant, signal: AbortSignal): AsyncIterable<ApiLive>;
}
