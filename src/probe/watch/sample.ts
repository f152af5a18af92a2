import { STACK_BYTES } from '../../sys/breakpoint.ts';
import type { PerfRecord } from '../../sys/perf_ring.ts';

/** Types of records: include/uapi/linux/perf_event.h, enum perf_event_type. */
const RECORD_LOST = 2;
const RECORD_EXIT = 4;
const RECORD_FORK = 7;
const RECORD_SAMPLE = 9;

/** PERF_RECORD_MISC_CPUMODE_MASK and _KERNEL. */
const CPU_MODE = 7;
const IN_KERNEL = 1;

/** Values of a call chain that are no addresses but say of what kind the next ones are: PERF_CONTEXT_MAX and above. */
const FIRST_MARK = 2n ** 64n - 4095n;
const USER_MARK = 2n ** 64n - 512n;

const PERF_SAMPLE_REGS_ABI_NONE = 0n;
const REGISTERS = 4;

/** A thread touched a watched place. */
export interface Sample {
  readonly type: 'sample';
  /** CLOCK_MONOTONIC nanoseconds, just after the instruction. */
  readonly time: bigint;
  readonly tid: number;
  /** The watched place's address. */
  readonly address: number;
  /** The kernel did it, in a system call of this thread: `pc` is where the program made the call. */
  readonly kernel: boolean;
  /** Of the program, behind the instruction that did it. */
  readonly pc: number;
  readonly sp: number;
  /** r14: the current goroutine, in Go's own code. */
  readonly r14: number;
  /** Return addresses by frame pointers, innermost first. A function without a frame hides its caller's. */
  readonly returns: readonly number[];
  /** Bytes of the stack from `sp` upwards, as they were. */
  readonly stack: Uint8Array;
}

/** What a ring can tell. */
export type WatchRecord =
  | Sample
  /** Hits found the ring full: so many more; 0 when it may be and is not told yet. */
  | { readonly type: 'lost'; readonly count: number }
  /** A thread of process `pid` has been made, at `time`. */
  | { readonly type: 'fork'; readonly pid: number; readonly tid: number; readonly time: bigint }
  | { readonly type: 'exit'; readonly tid: number };

/** Reads what `openBreakpoint` asked the kernel to write; undefined for other kinds of records. */
export function readRecord(record: PerfRecord): WatchRecord | undefined {
  const { type, misc, body } = record;
  switch (type) {
    case RECORD_SAMPLE:
      return readSample(misc, body);
    case RECORD_LOST:
      return { type: 'lost', count: Number(body.getBigUint64(8, true)) };
    case RECORD_FORK:
      return {
        type: 'fork',
        pid: body.getUint32(0, true),
        tid: body.getUint32(8, true),
        time: body.getBigUint64(16, true),
      };
    case RECORD_EXIT:
      return { type: 'exit', tid: body.getUint32(8, true) };
    default:
      return undefined;
  }
}

function readSample(misc: number, body: DataView): Sample | undefined {
  const word = (at: number): bigint => body.getBigUint64(at, true);
  const kernel = (misc & CPU_MODE) === IN_KERNEL;
  const chainLength = Number(word(32));
  const chain = readChain(body, 40, chainLength);
  let at = 40 + 8 * chainLength;
  const known = word(at) !== PERF_SAMPLE_REGS_ABI_NONE;
  at += 8;
  if (!known) return undefined;
  // In the order of their numbers: rbp, rsp, rip, r14.
  const [sp, pc, r14] = [1, 2, 3].map((i) => Number(word(at + 8 * i)));
  at += 8 * REGISTERS;
  const size = Number(word(at));
  const copied = size === 0 ? 0 : Math.min(Number(word(at + 8 + size)), STACK_BYTES);
  const from = body.byteOffset + at + 8;
  return {
    type: 'sample',
    time: word(16),
    tid: body.getUint32(12, true),
    address: Number(word(24)),
    kernel,
    pc: pc ?? 0,
    sp: sp ?? 0,
    r14: r14 ?? 0,
    returns: chain.slice(1),
    stack: new Uint8Array(body.buffer.slice(from, from + copied)),
  };
}

/** The program's part of a call chain; its first entry is the pc itself. */
function readChain(body: DataView, at: number, length: number): number[] {
  const chain: number[] = [];
  let user = false;
  for (let i = 0; i < length; i++) {
    const value = body.getBigUint64(at + 8 * i, true);
    if (value >= FIRST_MARK) user = value === USER_MARK;
    else if (user) chain.push(Number(value));
  }
  return chain;
}
