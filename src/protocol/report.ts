import type { MapOp } from '../model/map_op.ts';
import type { Notice } from './notice.ts';

/** All that `report` needs. */
export interface ReportOptions {
  /** An evidence file. */
  readonly path: string;
  /** A CPU profile in pprof form. */
  readonly profile?: string;
}

/** A report, and what is to be known of how it came about. */
export interface Reported {
  readonly report: IncidentReport;
  readonly notices: readonly Notice[];
}

/** Operations of one kind, second by second. */
export interface RateSeries {
  readonly op: MapOp;
  /** Runs of seconds of which something was recorded; between them it is not known. */
  readonly runs: readonly {
    /** Unix milliseconds of the first second. */
    readonly at: number;
    readonly counts: readonly number[];
  }[];
  readonly total: number;
}

/** A moment from which on a rate was another. */
export interface RateChange {
  readonly op: MapOp;
  /** Unix milliseconds: the beginning of the first second after it. */
  readonly at: number;
  /** Medians of operations a second, from the change before it to the one after. */
  readonly before: number;
  readonly after: number;
  /** Seconds that these rest on. */
  readonly seconds_before: number;
  readonly seconds_after: number;
  /** Pettitt's test: how likely it is that seconds in any order give this. */
  readonly p: number;
  /** The difference as a multiple of how much single seconds differ from their medians. */
  readonly deviations: number;
}

/** Something of which there was more or less. Rates are operations a second. */
export interface Moved {
  readonly op: MapOp;
  readonly before: number;
  readonly after: number;
}

/** A place in the program. */
export interface MovedSite extends Moved {
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
  readonly map_type?: string;
}

/** What keys begin with, or whole keys. Counted from events: estimated where those are sampled. */
export interface MovedKey extends Moved {
  /** In Go syntax. */
  readonly key: string;
  readonly map_type?: string;
  /** Of all events of the operation whose key is known, before and after; 0 to 1. */
  readonly share_before: number;
  readonly share_after: number;
}

/** Something that happened at a moment. */
export interface ReportMark {
  readonly kind: 'growth' | 'race' | 'loss' | 'clock';
  /** Unix milliseconds. */
  readonly at: number;
  readonly text: string;
}

/** Growth of one map. */
export interface GrownMap {
  readonly map_type?: string;
  readonly address?: string;
  readonly growths: number;
  /** Before the last of them. */
  readonly entries?: number;
  readonly unit?: 'buckets' | 'slots';
  readonly from?: number;
  readonly to?: number;
  /** Where most of it comes from. */
  readonly site?: string;
}

/** A function in the CPU profile, in samples of its first value that is time, else its first. */
export interface ProfiledFunction {
  readonly function: string;
  /** Shares of all samples, 0 to 1: in it alone, and with what it calls. */
  readonly flat: number;
  readonly cumulative: number;
  /** It is one of the runtime's map functions. */
  readonly is_map?: true;
}

/** A CPU profile beside the recording. */
export interface ReportProfile {
  readonly file: string;
  readonly unit: string;
  /** Unix milliseconds, where it says so. */
  readonly from?: number;
  readonly to?: number;
  /** It covers a part of the recording; absent where it does not say when it was taken. */
  readonly overlaps?: boolean;
  readonly samples: number;
  /** Share of the samples within a map function, 0 to 1. */
  readonly map_share: number;
  readonly functions: readonly ProfiledFunction[];
  /** Functions of the program by what map functions called from them took. */
  readonly callers: readonly { readonly function: string; readonly share: number }[];
}

/** A sentence, and what it rests on. */
export interface StorySentence {
  readonly text: string;
  readonly evidence: readonly string[];
}

/** What an evidence file tells of an incident. */
export interface IncidentReport {
  readonly type: 'report';
  readonly file: string;
  /** Version of mapaudit that recorded. */
  readonly mapaudit?: string;
  readonly host?: {
    readonly name: string;
    readonly kernel: string;
    readonly machine: string;
    readonly cpus: number;
    readonly memory_bytes: number;
  };
  readonly processes: readonly {
    readonly pid: number;
    readonly name: string;
    readonly go_version?: string;
    readonly exe?: string;
    readonly build_id?: string;
    /** Unix milliseconds. */
    readonly started?: number;
  }[];
  /** Unix milliseconds: the first and the last second. */
  readonly from: number;
  readonly to: number;
  readonly events: number;
  readonly sample: number;
  readonly lost: number;
  readonly rates: readonly RateSeries[];
  readonly changes: readonly RateChange[];
  /** The change that before and after are about; absent where no rate changed: `before` is then 0 everywhere. */
  readonly main?: RateChange;
  readonly sites: readonly MovedSite[];
  readonly prefixes: readonly MovedKey[];
  readonly keys: readonly MovedKey[];
  readonly growth: readonly GrownMap[];
  readonly marks: readonly ReportMark[];
  readonly races: readonly string[];
  readonly profile?: ReportProfile;
  readonly story: readonly StorySentence[];
  /** What of the file could not be read. */
  readonly troubles: readonly string[];
}
