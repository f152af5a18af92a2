import type { AdviseLine, AdviseOptions } from './advice.ts';
import type { Attached } from './attached.ts';
import type { CheckReport } from './check_report.ts';
import type { CrashLine, CrashOptions } from './crash.ts';
import type { Detached, DetachOptions } from './detached.ts';
import type { EncodedEvents, TraceEvent } from './event.ts';
import type { RecordLine, RecordOptions } from './evidence.ts';
import type { ExportOptions, ExportPart } from './export.ts';
import type { ExplainOptions, ExplainReport } from './explain_report.ts';
import type { MapsLine, MapsOptions } from './maps.ts';
import type { GrowthEvent, Growths, Migration } from './growth.ts';
import type { InspectLine, InspectOptions } from './inspect.ts';
import type { Notice } from './notice.ts';
import type {
  BreakOptions,
  GrowOptions,
  PastOptions,
  TopOptions,
  TraceOptions,
  WhoOptions,
} from './options.ts';
import type { ProcessEntry } from './process_entry.ts';
import type { CheckSubject } from './selection.ts';
import type { RaceLine, RaceOptions } from './race.ts';
import type { Replay, ReplayOptions } from './replay.ts';
import type { Reported, ReportOptions } from './report.ts';
import type { Snapshot } from './snapshot.ts';
import type { ServeOptions, Service } from './serve.ts';
import type { Summary } from './summary.ts';
import type { Stop } from './stop.ts';
import type { Touched } from './touched.ts';
import type { WatchLine, WatchOptions } from './watch.ts';

/** `attached` first, `summary` last and always. */
export type TraceLine = Attached | TraceEvent | EncodedEvents | Notice | Summary;
export type BreakLine = Attached | Stop | Notice | Summary;
/** `growths` stands before the summary. */
export type GrowLine = Attached | GrowthEvent | Migration | Growths | Notice | Summary;
/** `touched` stands before the summary. */
export type WhoLine = Attached | TraceEvent | Touched | Notice | Summary;
export type TopLine = Attached | Snapshot | Notice | Summary;

/** A running `top`. */
export interface TopSession {
  /** Iterated once. */
  readonly lines: AsyncIterable<TopLine>;
  /** Sample keys from now on (or no longer), so that snapshots have `key_prefixes`. */
  wantKeys(on: boolean): void;
}

/**
 * All that a face may ask. Every method fails with a MapauditError.
 *
 * How a run ends: by itself (duration, count, target gone), or when `signal` is aborted (Ctrl-C). In both
 * cases the probes are taken out, what lies in the rings is delivered, and the last line is the summary.
 * A face that leaves the loop early (`break`) needs no summary: the iterator's `return` takes the probes out.
 *
 * Back-pressure: the face pulls. It asks for the next batch when it has written the last one, so a slow
 * terminal or pipe holds it up. Whoever answers keeps a bounded queue meanwhile, and counts events that
 * did not fit as `loss.output_slow`.
 */
export interface Questions {
  ps(): Promise<readonly ProcessEntry[]>;
  /** One report a binary: more than one when a name matches processes of different binaries. */
  check(subject: CheckSubject): Promise<readonly CheckReport[]>;
  /** Which map functions the compiler chose at a place. Reads the binary alone. */
  explain(options: ExplainOptions): Promise<ExplainReport>;
  /** The maps of each process, read from its memory; observed for a while where that is asked for. */
  maps(options: MapsOptions, signal: AbortSignal): AsyncIterable<readonly MapsLine[]>;
  /** In batches, so that 100,000 events a second need no promise each. A batch belongs to the face. */
  trace(options: TraceOptions, signal: AbortSignal): AsyncIterable<readonly TraceLine[]>;
  /** What would serve the maps of a process better. Advice comes when the time is over, or the run is ended. */
  advise(options: AdviseOptions, signal: AbortSignal): AsyncIterable<readonly AdviseLine[]>;
  /** Every growth of maps. Ends as `trace` does. */
  grow(options: GrowOptions, signal: AbortSignal): AsyncIterable<readonly GrowLine[]>;
  /** The life of one key. Ends as `trace` does. */
  who(options: WhoOptions, signal: AbortSignal): AsyncIterable<readonly WhoLine[]>;
  /** The same out of what was kept in a file. */
  past(options: PastOptions, signal: AbortSignal): AsyncIterable<readonly WhoLine[]>;
  /** A breakpoint that does not stop. Ends as `trace` does. */
  break(options: BreakOptions, signal: AbortSignal): AsyncIterable<readonly BreakLine[]>;
  /** What is in one map now. */
  inspect(options: InspectOptions, signal: AbortSignal): AsyncIterable<readonly InspectLine[]>;
  watch(options: WatchOptions, signal: AbortSignal): AsyncIterable<readonly WatchLine[]>;
  /** Races on maps. Ends as `trace` does. */
  race(options: RaceOptions, signal: AbortSignal): AsyncIterable<readonly RaceLine[]>;
  top(options: TopOptions, signal: AbortSignal): TopSession;
  /** What a recorder has left of a program. */
  crash(options: CrashOptions): Promise<readonly CrashLine[]>;
  /** Takes out the inline probe that a killed mapaudit has left in a program. */
  detach(options: DetachOptions): Promise<Detached>;
  /** A trace into an evidence file. Ends as `trace` does; the bytes that were given out can be read in any case. */
  record(options: RecordOptions, signal: AbortSignal): AsyncIterable<readonly RecordLine[]>;
  /** Opens an evidence file, which then answers as the program did. */
  replay(options: ReplayOptions): Promise<Replay>;
  /** What an evidence file tells of an incident. */
  report(options: ReportOptions): Promise<Reported>;
  /** An evidence file in a form that other tools read. */
  export(options: ExportOptions): AsyncIterable<ExportPart>;
  /** Watches programs until it is closed. */
  serve(options: ServeOptions): Promise<Service>;
  /** Takes out whatever is still in place. Faces call it last. */
  close(): Promise<void>;
}
