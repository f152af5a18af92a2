import type { Closable } from '../base/dispose.ts';
import type { Addr } from './addr.ts';
import type { Goid, Pid } from './ids.ts';
import type { KeyPlan } from './key_plan.ts';
import type { RingChunk } from './ring_chunk.ts';

/** Where a probe is put: one process, or all that run one binary, new ones too. */
export type ProbeScope =
  | { readonly type: 'process'; readonly pid: Pid }
  /**
   * `path` is opened once; every process that runs this file is probed from its first instruction on. The file's
   * addresses end at `imageEnd`; where it is `relocated` (PIE) each process has them somewhere else.
   */
  | {
      readonly type: 'binary';
      readonly path: string;
      readonly imageEnd: number;
      readonly relocated: boolean;
    };

/** Longest key in bytes that a probe itself can compare. A test compares it with bpf/config.h. */
export const KEY_FILTER_MAX = 64;

/** What the probe itself decides, before anything reaches the ring. */
export interface ProbeOptions {
  /** `events`: a record a hit. `counts`: counters only. `both`: counters, and a record for sampled hits. */
  readonly mode: 'events' | 'counts' | 'both';
  /** Record one hit in N; 1 is every hit, 0 none. Counters always see every hit. */
  readonly sampleEvery: number;
  /** Frames to walk beyond the caller, 0 … MAX_FRAMES. */
  readonly frames: number;
  /** Longest key text to copy, in bytes; 0 captures no keys at all. */
  readonly keyBytes: number;
  readonly goid?: Goid;
  /** Only the map with its header at this address; 0 is what is done to nil maps. */
  readonly mapAddress?: Addr;
  /** Only keys whose text begins with (or, with `exact`, is) these bytes. Keys that are not strings do not match. */
  readonly keyText?: { readonly bytes: Uint8Array; readonly exact: boolean };
  /** In place of `keyText`: only keys of this value. */
  readonly keyValue?: KeyValueFilter;
  /** In place of both: one key in Go syntax, which means what it does in the map types whose name matches. */
  readonly keyLiteral?: { readonly text: string; readonly mapType?: string };
  /** With `keyText` or `keyValue`: operations without a key pass. */
  readonly keyless?: boolean;
  /** Records carry the map's header, and the argument registers (see FACTS in record.ts). */
  readonly facts?: boolean;
  /** Records carry the goroutine's profiler labels, where it has some, if the probe `takesLabels`. */
  readonly labels?: boolean;
  /** Without them nothing is wanted: error `labels-unread` where the program sets some that cannot be read. */
  readonly needsLabels?: boolean;
  /** Look into the verdict tables below; without it `setVerdict` does nothing. */
  readonly verdicts: boolean;
  /** Bytes of each ring, a power of two. */
  readonly ringBytes: number;
  /**
   * Slots of 64 bytes in each CPU's table of exact counters, a power of two; absent: 16,384. What finds none is counted by
   * type and caller, for all such maps together.
   */
  readonly counterSlots?: number;
}

/** A key that is no string, by its memory. */
export interface KeyValueFilter {
  readonly bytes: Uint8Array;
  /** The bits that count: not those between fields, nor the addresses of texts. */
  readonly mask: Uint8Array;
  /** That is all of the key. */
  readonly exact: boolean;
}

/** Hits of one site that the kernel saw, exact even where events are sampled or lost. */
export interface SiteCount {
  readonly site: number;
  /** Passed all filters that the kernel applies. */
  readonly hits: number;
  /** Of these, not recorded because of sampling. */
  readonly sampledOut: number;
  /** Of these, not recorded because the ring was full. */
  readonly ringFull: number;
  /** Not counted: a part of an operation that another site counts, or a restart after a stack growth. */
  readonly ignored: number;
}

/** A row of the kernel's counters. */
export interface KernelCounter {
  readonly pid: number;
  readonly site: number;
  /** Map type descriptor, 0 when unknown. */
  readonly type: number;
  /** Map header; 0 stands for all maps that came after the table was full. */
  readonly map: number;
  /** Return address. */
  readonly caller: number;
  readonly count: number;
}

/** Runs of a probe's programs that the kernel has timed, and the nanoseconds within them: without the trap that led there. */
export interface ProbeRunTimes {
  /** At the beginnings of operations, and at their ends. */
  readonly entries: number;
  readonly exits: number;
  readonly ns: number;
}

/** What a verdict is about. */
export type VerdictSubject = 'type' | 'caller' | 'map';

/**
 * A probe that is in place. `close` takes it out again; the operating system does the same when mapaudit dies.
 */
export interface RunningProbe extends Closable {
  /** Milliseconds that attaching took. */
  readonly attachMs: number;
  /** Milliseconds that those threads of the program that ran stood still for it; absent where they did not have to. */
  readonly stillMs?: number | undefined;
  /** Records have the goroutine's labels where they were asked for. */
  readonly takesLabels?: boolean;
  /**
   * Hands over what lies in the rings, ring by ring. Returns the CLOCK_MONOTONIC nanoseconds up to which
   * nothing can come any more: records with a later time stamp may still be overtaken by others.
   */
  drain(consume: (chunk: RingChunk) => void): bigint;
  /** The share, 0 to 1, to which the last `drain` found the fullest ring filled. */
  readonly fill: number;
  /**
   * Ends the probes: nothing is seen or counted after it; rings and counters can still be read. On kernels
   * without uprobe_multi, breakpoints without effect stay in the target until `close`, which takes seconds.
   */
  detach(): void;
  /**
   * Ends the probes as `detach` does, and takes out what takes long, with a turn of the event loop after each piece, so that
   * a second Ctrl-C is heard meanwhile; `close` follows. Absent where `close` takes no time.
   */
  takeOut?(): Promise<void>;
  /** Records that found the ring full so far, exits included. Cheap: one look. */
  lost(): number;
  siteCounts(): readonly SiteCount[];
  counters(): readonly KernelCounter[];
  /**
   * What the loader added to the file's addresses in a process, which may have gone since: known of each that had
   * a hit, where the scope is a binary that is relocated.
   */
  loadBias(pid: number): number | undefined;
  /**
   * Tells the kernel how to fetch the keys of these types. Where the scope is a binary, types of its image are
   * given by their addresses in the file with pid 0, for all processes; others with the pid of theirs.
   */
  setKeyPlans(pid: number, plans: readonly KeyPlan[]): void;
  /** Accepts or rejects all later hits with this type, caller or map, given as above; a subject without verdict passes. */
  setVerdict(pid: number, subject: VerdictSubject, address: Addr, accept: boolean): void;
  /** Changes `sampleEvery` while running. */
  setSampling(every: number): void;
  /** Captures keys, or no longer; absent where that cannot be changed while it runs. */
  captureKeys?(on: boolean): void;
  /** What the kernel has measured while somebody had it do so; absent where there is no kernel program. */
  runTimes?(): ProbeRunTimes;
}
