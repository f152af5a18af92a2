import { fstatSync } from 'node:fs';
import { addressOf, SYS } from '../../../sys/libc.ts';
import { newRegisters, PTRACE, REG, SIGINFO_WORDS, stateIn, WAIT } from '../../../sys/ptrace.ts';
import { SyscallBatch } from '../../../sys/syscall_batch.ts';
import { returnsInto, STACK_BYTES, type StackReader } from './signal_frames.ts';
import type { Range } from './still_work.ts';
import type { Tracee } from './tracee.ts';

const TWO_32 = 0x1_0000_0000;
const NAP_NS = 15_000n;
const MASK_BYTES = 8;
/** Words of 32 bits of one thread's registers. */
const REGISTERS = newRegisters().length * 2;

const RUNNING = 0;
const HELD = 1;
const GONE = 2;

/** What `poll` finds: all stand still, not all yet, or one belongs to a program that is stopped by a job signal. */
export type Polled = 'all' | 'some' | 'job-stop';

/**
 * The threads of a program, with all system calls that stop them, look at them and let them go prepared: between the
 * first that has to wait and the last that goes on, nothing is allocated and no call is made through the FFI alone.
 */
export class StillThreads implements StackReader {
  readonly capacity: number;
  readonly tids: Int32Array;
  count = 0;
  readonly #tracee: Tracee;
  readonly #batch: SyscallBatch;
  readonly #states: Uint8Array;
  readonly #infos: Int32Array;
  readonly #registers: Uint32Array;
  readonly #masks: Uint32Array;
  readonly words = new Uint32Array(STACK_BYTES / 4);
  readonly #nap = new BigInt64Array(16);
  /** The first that may still be on its way. */
  #first = 0;

  constructor(tracee: Tracee, capacity: number) {
    this.#tracee = tracee;
    this.capacity = capacity;
    this.tids = new Int32Array(capacity);
    this.#states = new Uint8Array(capacity);
    this.#infos = new Int32Array(SIGINFO_WORDS * capacity);
    this.#registers = new Uint32Array(REGISTERS * capacity);
    this.#masks = new Uint32Array(Math.max(32, 2 * capacity));
    this.#nap[1] = NAP_NS;
    this.#batch = new SyscallBatch(5 * capacity + 2);
    this.#batch.set(this.#napRow, { number: SYS.nanosleep, args: [pointer(this.#nap), 0] });
    this.#batch.set(this.#stackRow, {
      number: SYS.pread64,
      args: [tracee.memory, pointer(this.words), STACK_BYTES, 0],
    });
  }

  /** A thread that is seized. */
  add(tid: number): void {
    const [i, capacity] = [this.count++, this.capacity];
    this.tids[i] = tid;
    this.#states[i] = RUNNING;
    const at = (array: Uint32Array | Int32Array, bytes: number): number => pointer(array) + i * bytes;
    const rows = [
      [i, SYS.ptrace, [PTRACE.interrupt, tid]],
      [capacity + i, SYS.waitid, [WAIT.byPid, tid, at(this.#infos, 4 * SIGINFO_WORDS), WAIT.look]],
      [2 * capacity + 2 * i, SYS.ptrace, [PTRACE.getRegs, tid, 0, at(this.#registers, 4 * REGISTERS)]],
      [2 * capacity + 2 * i + 1, SYS.ptrace, [PTRACE.getSigmask, tid, 8, at(this.#masks, MASK_BYTES)]],
      [4 * capacity + i, SYS.ptrace, [PTRACE.detach, tid]],
    ] as const;
    for (const [row, number, args] of rows) this.#batch.set(row, { number, args });
  }

  /** Forgets all. */
  clear(): void {
    this.count = this.#first = 0;
    this.#batch.dry = false;
  }

  /** As if all threads stood still already, and no call is made any more. */
  rehearse(tids: readonly number[]): void {
    this.clear();
    for (const tid of tids) this.add(tid);
    for (let i = 0; i < this.count; i++) this.#infos.set(STOPPED, SIGINFO_WORDS * i);
    // Some signal frames, so that a real one is nothing new.
    for (let i = 0; i < this.words.length; i += 2048) this.words.set(FRAME, i);
    this.#batch.dry = true;
  }

  get dry(): boolean {
    return this.#batch.dry;
  }

  has(tid: number): boolean {
    return this.tids.subarray(0, this.count).includes(tid);
  }

  /** Asks the threads from `from` on, before `to`, to stand still. */
  interrupt(from: number, to: number): void {
    this.#tracee.runSteps(this.#batch, from, to - from, 'interrupt');
  }

  /**
   * Looks which of those before `count` stand still. A thread that is about to get a signal does as well: it gets it when it goes on,
   * and its registers are those before.
   */
  poll(count: number): Polled {
    const { capacity } = this;
    this.#batch.run(capacity + this.#first, count - this.#first);
    let first = count;
    for (let i = this.#first; i < count; i++) {
      if (this.#states[i] !== RUNNING) continue;
      const failed = this.#batch.result(capacity + i) < 0;
      const state = failed ? undefined : stateIn(this.#infos, SIGINFO_WORDS * i);
      if (state === undefined || state.kind === 'gone') this.#states[i] = GONE;
      else if (state.kind === 'running') first = Math.min(first, i);
      else {
        this.#states[i] = HELD;
        this.#batch.setArgument(4 * capacity + i, 3, state.kind === 'signal' ? state.signal : 0);
        if (!this.dry) this.#tracee.step('stopped');
        if (state.kind === 'stopped' && state.group) return 'job-stop';
      }
    }
    this.#first = first;
    return first === count ? 'all' : 'some';
  }

  nap(): void {
    this.#batch.run(this.#napRow, 1);
  }

  /** Whether the program has no thread beside these: /proc/PID/task has a link for each. `tasks`: a descriptor of it. */
  isComplete(tasks: number): boolean {
    const { nlink } = fstatSync(tasks);
    let held = 0;
    for (let i = 0; i < this.count; i++) if (this.#states[i] === HELD) held++;
    return this.dry || nlink === held + 2;
  }

  /** Reads the registers of all. */
  look(): void {
    const { capacity, count } = this;
    this.#batch.run(2 * capacity, 2 * count);
    // A thread that stood still and does not now was ended by SIGKILL.
    for (let i = 0; i < count; i++)
      if (this.#states[i] === HELD && this.#batch.result(2 * capacity + 2 * i) < 0) this.#states[i] = GONE;
  }

  /**
   * Whether a thread executes in one of the ranges, or will when a signal handler that it is in returns. Handlers that
   * hold no signal back are not Go's (go1.18–1.27 src/runtime/os_linux.go, setsig), and cannot have interrupted Go's
   * code and be in Go's code again: the runtime lets no callback in there (proc.go, exitsyscall).
   */
  isIn(ranges: readonly Range[], goText: Range): boolean {
    if (ranges.length === 0) return false;
    const [low, high] = bounds(ranges);
    const inside = (rip: number): boolean => {
      if (rip < low || rip >= high) return false;
      for (const { start, end } of ranges) if (rip >= start && rip < end) return true;
      return false;
    };
    for (let i = 0; i < this.count; i++) {
      if (this.#states[i] !== HELD) continue;
      const rip = this.#register(i, REG.rip);
      if (inside(rip)) return true;
      const handlesNone = this.#masks[2 * i] === 0 && this.#masks[2 * i + 1] === 0;
      if (handlesNone && rip >= goText.start && rip < goText.end) continue;
      if (returnsInto(this, this.#register(i, REG.rsp), inside)) return true;
    }
    return false;
  }

  read(address: number): number {
    this.#batch.setArgument(this.#stackRow, 3, address | 0, Math.floor(address / TWO_32));
    this.#batch.run(this.#stackRow, 1);
    return this.dry ? this.words.length : Math.max(0, this.#batch.result(this.#stackRow) >> 2);
  }

  /** Lets those go that stand still, from `from` on, before `to`. */
  release(from: number, to: number): void {
    const row = 4 * this.capacity;
    for (let i = from; i <= to; i++) {
      if (i < to && this.#states[i] === HELD) continue;
      if (i > from) this.#tracee.runSteps(this.#batch, row + from, i - from, 'detach');
      from = i + 1;
    }
  }

  /** Those that were asked to stand still, or only seized, and do not yet: they could not be let go. */
  left(): number[] {
    return [...this.tids.subarray(0, this.count)].filter((_, i) => this.#states[i] === RUNNING);
  }

  /** Those that are gone, to be buried. */
  gone(): number[] {
    return [...this.tids.subarray(0, this.count)].filter((_, i) => this.#states[i] === GONE);
  }

  close(): void {
    this.#batch.close();
  }

  #register(i: number, register: number): number {
    const at = REGISTERS * i + 2 * register;
    return (this.#registers[at + 1] ?? 0) * TWO_32 + (this.#registers[at] ?? 0);
  }

  get #napRow(): number {
    return 5 * this.capacity;
  }

  get #stackRow(): number {
    return 5 * this.capacity + 1;
  }
}

/** A thread that we have stopped, as waitid(2) reports it. */
const STOPPED = [17, 0, 4, 1, 0, 0, 5 | (128 << 8)];

/** RSP, RIP, EFLAGS and the selector of user code. */
const FRAME = [8, 0, 1, 0, 2, 0, 0x33, 0];

const pointer = (array: ArrayBufferView): number => Number(addressOf(array));

function bounds(ranges: readonly Range[]): [number, number] {
  let [low, high] = [Infinity, 0];
  for (const { start, end } of ranges) [low, high] = [Math.min(low, start), Math.max(high, end)];
  return [low, high];
}
