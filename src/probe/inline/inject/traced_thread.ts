import { MapauditError } from '../../../base/errors.ts';
import { newRegisters, ptrace, REG } from '../../../sys/ptrace.ts';
import { returnsInto, STACK_BYTES, type StackReader } from './signal_frames.ts';
import { type Tracee, waitFor } from './tracee.ts';

/** A thread may be in the middle of a system call that cannot be interrupted. */
const STOP_MS = 20;
/** Until then it must have stopped, or we cannot let go of it: it waits for a child that is about to exec, or for a disk. */
const RELEASE_TRIES = 250;
export type StopResult = 'stopped' | 'gone' | 'job-stop' | 'busy';

/** One thread that we have seized. */
export class TracedThread {
  readonly tid: number;
  readonly registers = newRegisters();
  readonly #tracee: Tracee;
  #held = false;
  #seized = true;

  private constructor(tracee: Tracee, tid: number) {
    this.#tracee = tracee;
    this.tid = tid;
  }

  /** Undefined, or the errno, when it cannot be seized. It goes on running. */
  static seize(tracee: Tracee, tid: number): TracedThread | number {
    const seized = ptrace.seize(tid);
    if (!seized.ok) return seized.errno;
    tracee.step('seize');
    return new TracedThread(tracee, tid);
  }

  /** One that is seized already. */
  static seized(tracee: Tracee, tid: number): TracedThread {
    return new TracedThread(tracee, tid);
  }

  get held(): boolean {
    return this.#held;
  }

  /** Waits until it stands still. A signal that it was about to get is passed on. */
  stop(): StopResult {
    const { tid } = this;
    const result = waitFor<StopResult>(() => {
      const state = ptrace.state(tid);
      if (state.kind === 'running') return undefined;
      if (state.kind === 'gone') return 'gone';
      if (state.kind === 'stopped') return state.group ? 'job-stop' : 'stopped';
      this.#tracee.step('signal');
      // Any trap uses up a request to stop: ask again before it goes on, or it runs away.
      ptrace.interrupt(tid);
      ptrace.cont(tid, state.kind === 'signal' ? state.signal : 0);
      return undefined;
    }, STOP_MS);
    if (result === 'gone') this.#seized = false;
    if (result === undefined || result === 'gone') return result ?? 'busy';
    if (!ptrace.getRegs(tid, this.registers)) return 'gone';
    this.#held = true;
    return result;
  }

  /** Lets it run and asks it to stop again. */
  resume(): void {
    this.#held = false;
    ptrace.cont(this.tid, 0);
    this.#tracee.step('resumed');
  }

  /**
   * Asks it to stand still. One that does already would take it for the next time, and stop before it has moved: asked
   * again and again so, it never would.
   */
  interrupt(): void {
    if (ptrace.state(this.tid).kind === 'running') ptrace.interrupt(this.tid);
    this.#tracee.step('interrupt');
  }

  /** Lets go of it for good; one that does not stand still would ignore that, so it is stopped first. */
  release(): void {
    if (!this.#seized) return;
    if (!this.#held && !this.#stopForGood()) return;
    ptrace.detach(this.tid);
    this.#held = this.#seized = false;
    this.#tracee.step('detach');
  }

  /** False when it has gone. */
  #stopForGood(): boolean {
    for (let i = 0; i < RELEASE_TRIES; i++) {
      ptrace.interrupt(this.tid);
      const result = this.stop();
      if (result !== 'busy') return result !== 'gone';
    }
    throw new MapauditError('cannot-stop', `thread ${this.tid} does not let itself be let go`, {
      hint: 'It is free again when mapaudit ends.',
    });
  }

  /** Whether it executes in `[low, high)`, or will when a signal handler that it is in returns. */
  isIn(low: number, high: number): boolean {
    const inside = (address: number): boolean => address >= low && address < high;
    if (inside(Number(this.registers[REG.rip]))) return true;
    return returnsInto(new TraceeStack(this.#tracee), Number(this.registers[REG.rsp]), inside);
  }
}

class TraceeStack implements StackReader {
  readonly #tracee: Tracee;
  words: Uint32Array = new Uint32Array(0);

  constructor(tracee: Tracee) {
    this.#tracee = tracee;
  }

  read(address: number): number {
    const bytes = this.#tracee.read(address, STACK_BYTES);
    this.words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    return this.words.length;
  }
}
