import type { Filters, KeyMode } from '../protocol/options.ts';
import type { Selection } from '../protocol/selection.ts';

/** The machine that was recorded on. Nothing of its environment: that holds secrets. */
export interface RecordedHost {
  readonly name: string;
  /** `Linux 6.8.0-45-generic` */
  readonly kernel: string;
  /** `x64` */
  readonly machine: string;
  readonly cpus: number;
  readonly memory_bytes: number;
}

/** What `record` was asked for: nothing else is in the file. */
export interface RecordedOptions {
  readonly selection: Selection;
  readonly filters: Filters;
  readonly keys: KeyMode;
  /** Of labels of goroutines; absent where they were not looked at. */
  readonly labels?: KeyMode;
  /** Every how many operations one has an event; windows count all. */
  readonly sample: number;
  /** Frames of each stack beyond the caller. */
  readonly frames: number;
  /** Steps of growth are in it. */
  readonly growth: boolean;
  /** Races were looked for. */
  readonly races: boolean;
}

/** The first section of an evidence file. */
export interface About {
  readonly type: 'evidence';
  /** Version of mapaudit that wrote it. */
  readonly mapaudit: string;
  /** RFC 3339, UTC. */
  readonly began: string;
  readonly host: RecordedHost;
  readonly recorded: RecordedOptions;
}

/** A process that was recorded, by which windows know it. */
export interface RecordedProcess {
  readonly type: 'recorded_process';
  readonly pid: number;
  /** When it began, Unix milliseconds; absent where it had gone before it was met. */
  readonly started?: number;
  readonly name: string;
  readonly exe?: string;
  readonly build_id?: string;
  readonly go_version?: string;
  readonly container?: string;
}

/** Where a section lies. */
export interface IndexEntry {
  readonly kind: string;
  readonly sequence: number;
  /** Of its header, in bytes from the file's beginning. */
  readonly at: number;
  readonly stored: number;
  readonly raw: number;
  /** JSON lines in it. */
  readonly lines: number;
  /** Times of the first and last of what is in it, RFC 3339. */
  readonly from?: string;
  readonly to?: string;
}

/** The last section. */
export interface Index {
  readonly type: 'index';
  readonly sections: readonly IndexEntry[];
}
