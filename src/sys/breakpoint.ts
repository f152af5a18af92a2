import { ERRNO } from './errno.ts';
import { Fd } from './fd.ts';
import { addressOf, keepAlive, SYS, trySyscall } from './libc.ts';

/** include/uapi/linux/perf_event.h */
const PERF_TYPE_BREAKPOINT = 5;
const PERF_FLAG_FD_CLOEXEC = 8;
/** _IOW('$', 11, struct perf_event_attr *) */
const PERF_EVENT_IOC_MODIFY_ATTRIBUTES = 0x4008_240b;
const ATTR_SIZE = 112; // PERF_ATTR_SIZE_VER5
const CLOCK_MONOTONIC = 1;

/** include/uapi/linux/hw_breakpoint.h. x86 has no watchpoint for reads alone. */
const ACCESS = { write: 2, 'read-write': 3 } as const;

/** Bits of perf_event_attr.sample_type; `perf_sample.ts` reads what they ask for, in this order. */
const SAMPLE_IP = 1 << 0;
const SAMPLE_TID = 1 << 1;
const SAMPLE_TIME = 1 << 2;
const SAMPLE_ADDR = 1 << 3;
const SAMPLE_CALLCHAIN = 1 << 5;
const SAMPLE_REGS_USER = 1 << 12;
const SAMPLE_STACK_USER = 1 << 13;

/** Bits of the flag word of perf_event_attr. */
const DISABLED = 1n << 0n;
const EXCLUDE_KERNEL = 1n << 5n;
const TASK = 1n << 13n;
const EXCLUDE_CALLCHAIN_KERNEL = 1n << 21n;
const USE_CLOCKID = 1n << 25n;

/** rbp, rsp, rip, r14: arch/x86/include/uapi/asm/perf_regs.h. Samples have them in this order. */
const USER_REGISTERS = (1n << 6n) | (1n << 7n) | (1n << 8n) | (1n << 22n);

/** Bytes of the user's stack in each sample: the return address of a function that has no frame yet is there. */
export const STACK_BYTES = 64;

/** perf_event_attr.sample_max_stack must not exceed kernel.perf_event_max_stack, which is 127 by default. */
export const MOST_FRAMES = 127;

/** Lengths that the debug registers know; an address must be a multiple of its length. */
export const BREAKPOINT_LENGTHS = [1, 2, 4, 8] as const;
export type BreakpointLength = (typeof BREAKPOINT_LENGTHS)[number];
export type BreakpointAccess = keyof typeof ACCESS;

/** Debug registers of a thread: x86 has four. */
export const BREAKPOINTS_A_THREAD = 4;

/** What one watchpoint of one thread is. */
export interface BreakpointSpec {
  readonly tid: number;
  readonly address: number;
  readonly length: BreakpointLength;
  readonly access: BreakpointAccess;
  /** Most frames of the call chain, at most MOST_FRAMES. */
  readonly frames: number;
  /** Also record that the thread makes threads, and that it ends. */
  readonly tasks: boolean;
}

export type OpenedBreakpoint =
  { readonly ok: true; readonly fd: Fd } | { readonly ok: false; readonly errno: number };

/**
 * A watchpoint of one thread, on whatever CPU; it begins with `enableEvent`. Never inherited: a perf event that is must have a ring for each
 * CPU, and the limit of four counts for the whole family. Writes that the kernel makes for the thread (read(2)
 * into that memory) are seen too where our rights allow it.
 */
export function openBreakpoint(spec: BreakpointSpec): OpenedBreakpoint {
  let result = open(spec, 0n);
  if (!result.ok && (result.errno === ERRNO.EACCES || result.errno === ERRNO.EPERM))
    result = open(spec, EXCLUDE_KERNEL);
  return result;
}

/**
 * Lets a watchpoint that is set be another one of the same thread, at once and with the same ring: `spec` is as it was
 * opened, but for address and length. False where the kernel refuses (before 4.17, or the thread has gone).
 */
export function moveBreakpoint(event: Fd, spec: BreakpointSpec): boolean {
  return [0n, EXCLUDE_KERNEL].some((excluded) => {
    const attr = attributes(spec, excluded, 0n);
    const result = trySyscall(SYS.ioctl, event.number, PERF_EVENT_IOC_MODIFY_ATTRIBUTES, addressOf(attr));
    keepAlive(attr);
    return result.ok;
  });
}

function open(spec: BreakpointSpec, excluded: bigint): OpenedBreakpoint {
  const attr = attributes(spec, excluded, DISABLED);
  const result = trySyscall(SYS.perfEventOpen, addressOf(attr), spec.tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
  keepAlive(attr);
  if (!result.ok) return result;
  return { ok: true, fd: new Fd(result.value, `watchpoint of thread ${spec.tid}`) };
}

function attributes(spec: BreakpointSpec, excluded: bigint, disabled: bigint): Uint8Array {
  const attr = new Uint8Array(ATTR_SIZE);
  const view = new DataView(attr.buffer);
  view.setUint32(0, PERF_TYPE_BREAKPOINT, true);
  view.setUint32(4, ATTR_SIZE, true);
  view.setBigUint64(16, 1n, true); // sample_period
  const asked = SAMPLE_IP | SAMPLE_TID | SAMPLE_TIME | SAMPLE_ADDR;
  const state = SAMPLE_CALLCHAIN | SAMPLE_REGS_USER | SAMPLE_STACK_USER;
  view.setBigUint64(24, BigInt(asked | state), true);
  const flags = disabled | EXCLUDE_CALLCHAIN_KERNEL | USE_CLOCKID | excluded | (spec.tasks ? TASK : 0n);
  view.setBigUint64(40, flags, true);
  view.setUint32(52, ACCESS[spec.access], true);
  view.setBigUint64(56, BigInt(spec.address), true);
  view.setBigUint64(64, BigInt(spec.length), true);
  view.setBigUint64(80, USER_REGISTERS, true);
  view.setUint32(88, STACK_BYTES, true);
  view.setInt32(92, CLOCK_MONOTONIC, true);
  view.setUint16(108, spec.frames, true); // sample_max_stack
  return attr;
}
