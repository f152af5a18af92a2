import { MapauditError } from '../base/errors.ts';
import { ERRNO } from './errno.ts';
import { Fd } from './fd.ts';
import { addressOf, keepAlive, succeed, SYS, type SyscallResult, trySyscall } from './libc.ts';
import { raiseLockedMemory } from './resource_limit.ts';
import { withSignalsHeld } from './signals.ts';

/** Commands of bpf(2): include/uapi/linux/bpf.h, enum bpf_cmd. */
const BPF_MAP_CREATE = 0;
const BPF_MAP_LOOKUP_ELEM = 1;
const BPF_MAP_UPDATE_ELEM = 2;
const BPF_PROG_LOAD = 5;
const BPF_OBJ_GET_INFO_BY_FD = 15;
const BPF_MAP_FREEZE = 22;
const BPF_MAP_LOOKUP_BATCH = 24;
const BPF_MAP_UPDATE_BATCH = 26;
const BPF_LINK_CREATE = 28;
const BPF_ENABLE_STATS = 32;

export const BPF_MAP_TYPE_HASH = 1;
export const BPF_MAP_TYPE_ARRAY = 2;
export const BPF_MAP_TYPE_PERCPU_HASH = 5;
export const BPF_MAP_TYPE_PERCPU_ARRAY = 6;
export const BPF_MAP_TYPE_ARRAY_OF_MAPS = 12;
export const BPF_MAP_TYPE_RINGBUF = 27;
export const BPF_F_NO_PREALLOC = 1 << 0;
export const BPF_F_RDONLY_PROG = 1 << 7;
export const BPF_F_MMAPABLE = 1 << 10;

const BPF_PROG_TYPE_KPROBE = 2;
const BPF_PROG_TYPE_PERF_EVENT = 7;
const BPF_TRACE_UPROBE_MULTI = 48;
const BPF_PERF_EVENT = 41;
const NAME_MAX = 15;
const ATTR_SIZE = 128;

/** An attribute block of bpf(2), filled field by field, and the arrays that it points to. */
class Attr {
  readonly bytes = new Uint8Array(ATTR_SIZE);
  readonly #view = new DataView(this.bytes.buffer);
  readonly #kept: ArrayBufferView[] = [];

  u32(at: number, value: number): this {
    this.#view.setUint32(at, value, true);
    return this;
  }

  pointer(at: number, to: ArrayBufferView | undefined): this {
    if (to !== undefined) {
      this.#kept.push(to);
      this.#view.setBigUint64(at, addressOf(to), true);
    }
    return this;
  }

  name(at: number, text: string): this {
    this.bytes.set(new TextEncoder().encode(text.slice(0, NAME_MAX)), at);
    return this;
  }

  getU32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  run(command: number): SyscallResult {
    const result = trySyscall(SYS.bpf, command, addressOf(this.bytes), ATTR_SIZE);
    keepAlive(this.bytes, ...this.#kept);
    return result;
  }
}

/** What a map is made of. */
export interface MapSpec {
  readonly name: string;
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** A map like those that an ARRAY_OF_MAPS will hold. */
  readonly inner?: Fd;
}

export function tryCreateMap(spec: MapSpec): SyscallResult {
  return new Attr()
    .u32(0, spec.type)
    .u32(4, spec.keySize)
    .u32(8, spec.valueSize)
    .u32(12, spec.maxEntries)
    .u32(16, spec.flags)
    .u32(20, spec.inner?.number ?? 0)
    .name(28, spec.name)
    .run(BPF_MAP_CREATE);
}

/** As `tryCreateMap`; on a kernel that counts maps as locked memory the limit is raised first. */
export function createMap(spec: MapSpec): Fd {
  let result = tryCreateMap(spec);
  if (!result.ok && result.errno === ERRNO.EPERM && raiseLockedMemory()) result = tryCreateMap(spec);
  return new Fd(succeed(result, `creating the BPF map ${spec.name}`), `BPF map ${spec.name}`);
}

export function updateElement(map: Fd, key: ArrayBufferView, value: ArrayBufferView): void {
  const result = new Attr().u32(0, map.number).pointer(8, key).pointer(16, value).run(BPF_MAP_UPDATE_ELEM);
  succeed(result, 'writing to a BPF map');
}

/**
 * Writes many elements, whose keys and values stand one behind the other. In one call where the kernel can: an
 * array of maps waits after each call until no program looks at it, some 20 ms.
 */
export function updateElements(map: Fd, count: number, keys: Uint8Array, values: Uint8Array): void {
  if (count === 0) return;
  const attr = new Attr().pointer(16, keys).pointer(24, values).u32(32, count).u32(36, map.number);
  if (attr.run(BPF_MAP_UPDATE_BATCH).ok) return;
  const part = (of: Uint8Array, i: number): Uint8Array =>
    of.slice((i * of.length) / count, ((i + 1) * of.length) / count);
  for (let i = 0; i < count; i++) updateElement(map, part(keys, i), part(values, i));
}

/** Reads into `value`; false when there is no such key. */
export function lookupElement(map: Fd, key: ArrayBufferView, value: ArrayBufferView): boolean {
  return new Attr().u32(0, map.number).pointer(8, key).pointer(16, value).run(BPF_MAP_LOOKUP_ELEM).ok;
}

/** No write from user space from now on: the verifier takes the contents as constants. */
export function freezeMap(map: Fd): void {
  succeed(new Attr().u32(0, map.number).run(BPF_MAP_FREEZE), 'freezing a BPF map');
}

/** One step of a walk over a hash map. */
export interface Batch {
  /** Elements that `keys` and `values` were filled with. */
  readonly count: number;
  /** No further step is needed. */
  readonly done: boolean;
}

/**
 * Reads the next elements of a map into `keys` and `values`, at most `most`. `cursor` (4 bytes) is where the
 * walk stands; `first` begins it anew.
 */
export function lookupBatch(
  map: Fd,
  cursor: Uint8Array,
  first: boolean,
  keys: Uint8Array,
  values: Uint8Array,
  most: number,
): Batch {
  const attr = new Attr()
    .pointer(0, first ? undefined : cursor)
    .pointer(8, cursor)
    .pointer(16, keys)
    .pointer(24, values)
    .u32(32, most)
    .u32(36, map.number);
  const result = attr.run(BPF_MAP_LOOKUP_BATCH);
  if (!result.ok && result.errno !== ERRNO.ENOENT) succeed(result, 'reading a BPF map');
  return { count: attr.getU32(32), done: !result.ok };
}

/** What a program is made of. */
export interface ProgramSpec {
  readonly name: string;
  /** 8 bytes an instruction, relocated. */
  readonly instructions: Uint8Array;
  readonly license: string;
  /** To be attached through uprobe_multi. */
  readonly multi: boolean;
  /** To run at each overflow of a perf event, and not at a uprobe. */
  readonly perfEvent?: boolean;
}

const LOG_SIZE = 1 << 20;
/** Milliseconds between tries: two seconds in all. */
const LOAD_PAUSES = [0, 1, 2, 5, 10, 20, 50, 100, 200, 400, 500, 700];

/**
 * Loads a program. With `log`, the verifier writes there what it thinks of it.
 *
 * The verifier gives up with EAGAIN when a signal is pending (kernel/bpf/verifier.c, do_check), and a profiler
 * of this process sends one a millisecond: signals are held back meanwhile. Other reasons for EAGAIN pass.
 */
export function tryLoadProgram(spec: ProgramSpec, log?: Uint8Array): SyscallResult {
  const license = new TextEncoder().encode(`${spec.license}\0`);
  const attr = new Attr()
    .u32(0, spec.perfEvent === true ? BPF_PROG_TYPE_PERF_EVENT : BPF_PROG_TYPE_KPROBE)
    .u32(4, spec.instructions.length / 8)
    .pointer(8, spec.instructions)
    .pointer(16, license)
    .name(48, spec.name)
    .u32(68, spec.multi ? BPF_TRACE_UPROBE_MULTI : 0);
  if (log !== undefined) attr.u32(24, 1).u32(28, log.length).pointer(32, log);
  return untilNotBusy(() => withSignalsHeld(() => attr.run(BPF_PROG_LOAD)), LOAD_PAUSES);
}

/** Tries again after each pause (milliseconds) while the kernel answers EAGAIN. */
export function untilNotBusy(attempt: () => SyscallResult, pauses: readonly number[]): SyscallResult {
  let result = attempt();
  for (const pause of pauses) {
    if (result.ok || result.errno !== ERRNO.EAGAIN) return result;
    if (pause > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    result = attempt();
  }
  return result;
}

/** As `tryLoadProgram`; when the verifier refuses, asks again for its reasons and throws what `explain` makes of them. */
export function loadProgram(spec: ProgramSpec, explain: (log: string) => MapauditError): Fd {
  const result = tryLoadProgram(spec);
  if (result.ok) return new Fd(result.value, `BPF program ${spec.name}`);
  if (result.errno === ERRNO.EAGAIN) throw interrupted(spec);
  const log = new Uint8Array(LOG_SIZE);
  const again = tryLoadProgram(spec, log);
  if (again.ok) return new Fd(again.value, `BPF program ${spec.name}`);
  if (again.errno === ERRNO.EAGAIN) throw interrupted(spec);
  const end = log.indexOf(0);
  const text = new TextDecoder().decode(log.subarray(0, end < 0 ? log.length : end));
  if (text.trim() === '') succeed(again, `loading the BPF program ${spec.name}`);
  throw explain(text);
}

/** The verifier never came to its end: it says nothing about the program then. */
function interrupted({ name }: ProgramSpec): MapauditError {
  return new MapauditError(
    'load-interrupted',
    `the kernel broke off its check of the eBPF program ${name} each time (EAGAIN)`,
    {
      hint: 'Signals interrupt it: run mapaudit without a profiler (node --cpu-prof) or debugger, or just once more.',
      fields: { errno: ERRNO.EAGAIN, name: 'EAGAIN' },
    },
  );
}

/** What one uprobe_multi link probes. */
export interface UprobeMultiSpec {
  /** The file, opened by the kernel in this call. */
  readonly path: string;
  readonly offsets: readonly number[];
  readonly cookies: readonly number[];
  /** 0: every process. */
  readonly pid: number;
}

/** Attaches a program to many offsets of a file at once. include/uapi/linux/bpf.h, link_create.uprobe_multi. */
export function tryLinkUprobeMulti(program: Fd, spec: UprobeMultiSpec): SyscallResult {
  return new Attr()
    .u32(0, program.number)
    .u32(8, BPF_TRACE_UPROBE_MULTI)
    .pointer(16, new TextEncoder().encode(`${spec.path}\0`))
    .pointer(24, BigUint64Array.from(spec.offsets, BigInt))
    .pointer(40, BigUint64Array.from(spec.cookies, BigInt))
    .u32(48, spec.offsets.length)
    .u32(56, spec.pid)
    .run(BPF_LINK_CREATE);
}

/** Attaches a program to a perf event, with a cookie. */
export function linkPerfEvent(program: Fd, event: Fd, cookie: number): Fd {
  const attr = new Attr().u32(0, program.number).u32(4, event.number).u32(8, BPF_PERF_EVENT).u32(16, cookie);
  return new Fd(succeed(attr.run(BPF_LINK_CREATE), 'attaching to a perf event'), 'BPF link to a perf event');
}

/** How often a program has run while run times were taken, and how long in all. */
export interface RunTime {
  readonly runs: number;
  readonly ns: number;
}

/** Where struct bpf_prog_info has run_time_ns and run_cnt, and how long it is with them: include/uapi/linux/bpf.h. */
const PROG_INFO = { runTimeNs: 192, runCount: 200, size: 208 } as const;

/** Zeros on a kernel that does not tell. */
export function programRunTime(program: Fd): RunTime {
  const info = new Uint8Array(PROG_INFO.size);
  const told = new Attr()
    .u32(0, program.number)
    .u32(4, info.length)
    .pointer(8, info)
    .run(BPF_OBJ_GET_INFO_BY_FD).ok;
  if (!told) return { runs: 0, ns: 0 };
  const view = new DataView(info.buffer);
  return {
    runs: Number(view.getBigUint64(PROG_INFO.runCount, true)),
    ns: Number(view.getBigUint64(PROG_INFO.runTimeNs, true)),
  };
}

/** The kernel times each run of every program until this is closed (BPF_STATS_RUN_TIME, Linux 5.8); undefined where it cannot. */
export function takeRunTimes(): Fd | undefined {
  const result = new Attr().u32(0, 0).run(BPF_ENABLE_STATS);
  return result.ok ? new Fd(result.value, 'run times of BPF programs') : undefined;
}
