import type { ApiQuestions } from './api.ts';
import type { KeyMode, ProbeKind } from './options.ts';
import type { Selection } from './selection.ts';

/** Which processes a service watches: `all` are those of this machine that run Go. */
export type ServeSelection = Selection | { readonly type: 'all' };

/** What `serve` is asked. */
export interface ServeOptions {
  readonly selection: ServeSelection;
  /** Where what is seen is kept; absent: in memory, for an hour. */
  readonly store?: string;
  /** Bytes that the file may have. */
  readonly storeSize?: number;
  /** Nothing is kept for longer. */
  readonly keepMs?: number;
  /** `HOST:PORT` */
  readonly listen: string;
  /** Share of a process's CPU time that its probes may take: 0.01 is one percent. */
  readonly budget: number;
  /** A file of rules; absent: those that mapaudit has. */
  readonly rules?: string;
  /** Where an OpenTelemetry collector takes HTTP: `http://127.0.0.1:4318`. */
  readonly otlp?: string;
  /** Also look for races. */
  readonly races: boolean;
  readonly keys: KeyMode;
  /** How much is shown of the values of labels of goroutines; absent: they are not looked at. */
  readonly labels?: KeyMode;
  readonly probe: ProbeKind;
  readonly ringBytes?: number;
}

/** Metrics in the form that a scraper prefers, by its Accept header. */
export type MetricsText = (accept: string | undefined) => {
  readonly body: string;
  readonly contentType: string;
};

/** Something that whoever runs a service should know. */
export interface ServiceNotice {
  readonly at: number;
  /** `clock-set`, `store-lost`; absent for most, which are of the service. */
  readonly code?: string;
  readonly message: string;
  readonly hint?: string;
}

/** A service that runs. */
export interface Service {
  readonly questions: ApiQuestions;
  readonly metrics: MetricsText | undefined;
  readonly version: string;
  /** What is to be told, as it comes; ends when the service has. Iterated once. */
  readonly notices: AsyncIterable<ServiceNotice>;
  /**
   * The page can be opened: from now on the processes are attached to that are meant by anything but their pid, one after
   * the other.
   */
  begin(): void;
  /** Told of what only a fault of ours can cause. */
  fault(error: unknown): void;
  /** Takes the probes out, writes what waits, and ends. */
  close(): Promise<void>;
}
