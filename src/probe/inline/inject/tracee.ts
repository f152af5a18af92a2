import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, writeSync } from 'node:fs';
import type { Closable } from '../../../base/dispose.ts';
import { MapauditError } from '../../../base/errors.ts';
import { monotonicNs } from '../../../sys/clock.ts';
import type { SyscallBatch } from '../../../sys/syscall_batch.ts';
import { tracingRefused } from '../../kernel/requirements.ts';

/** Told of each numbered instant, so that tests can kill mapaudit at any of them. */
export type Steps = (name: string) => void;

/** The program that is patched: its memory, mappings and threads. Writes go through /proc/PID/mem, code too. */
export class Tracee implements Closable {
  readonly pid: number;
  readonly step: Steps;
  readonly #isStepped: boolean;
  readonly #memory: number;
  /** Some address that the program has. */
  readonly #known: number;

  /** Errors: `no-such-process`, and those of rights. */
  constructor(pid: number, step?: Steps) {
    this.pid = pid;
    this.step = step ?? (() => undefined);
    this.#isStepped = step !== undefined;
    try {
      this.#memory = openSync(`/proc/${pid}/mem`, 'r+');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw this.gone();
      throw tracingRefused(pid, `the memory of pid ${pid}`, error);
    }
    this.#known = this.mappings()[0]?.start ?? 0;
  }

  /** Makes prepared calls, of which each is a step: one by one where somebody wants to know. Gives how many succeeded. */
  runSteps(batch: SyscallBatch, from: number, count: number, name: string): number {
    if (!this.#isStepped || batch.dry) return batch.run(from, count);
    for (let i = 0; i < count; i++) {
      if (batch.run(from + i, 1) === 0) return i;
      this.step(name);
    }
    return count;
  }

  /** The descriptor of its memory, which also holds the lock. */
  get memory(): number {
    return this.#memory;
  }

  /** Fewer bytes than wanted where not all can be read. */
  read(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    try {
      return bytes.subarray(0, readSync(this.#memory, bytes, 0, length, address));
    } catch {
      return bytes.subarray(0, 0);
    }
  }

  /** Errors: `no-such-process` when it has ended, `not-permitted` when the kernel has its memory written by nobody. */
  write(address: number, bytes: Uint8Array): void {
    let written = 0;
    try {
      written = writeSync(this.#memory, bytes, 0, bytes.length, address);
    } catch (cause) {
      if (!this.hasMemory) throw this.gone(cause);
      throw new MapauditError('not-permitted', `the code of pid ${this.pid} may not be written to`, {
        hint: 'The kernel forbids it (proc_mem.force_override), or a security module does. Use --probe kernel.',
        cause,
      });
    }
    if (written !== bytes.length) throw this.gone();
  }

  /** False when the program that was opened has ended, or runs another one now. */
  get hasMemory(): boolean {
    return existsSync(`/proc/${this.pid}`) && this.read(this.#known, 1).length === 1;
  }

  /** Errors: `no-such-process`. */
  threads(): number[] {
    try {
      return readdirSync(`/proc/${this.pid}/task`).map(Number);
    } catch (cause) {
      throw this.gone(cause);
    }
  }

  /** Lines of /proc/PID/maps, all of them. */
  mappings(): Mapping[] {
    try {
      return readFileSync(`/proc/${this.pid}/maps`, 'utf8').split('\n').flatMap(parse);
    } catch (cause) {
      throw this.gone(cause);
    }
  }

  /** What the program will get when it opens something. */
  lowestFreeFd(): number {
    const used = new Set(readdirSync(`/proc/${this.pid}/fd`).map(Number));
    let free = 0;
    while (used.has(free)) free++;
    return free;
  }

  gone(cause?: unknown): MapauditError {
    return new MapauditError('no-such-process', `there is no process ${this.pid} any more`, { cause });
  }

  close(): void {
    closeSync(this.#memory);
  }
}

export interface Mapping {
  readonly start: number;
  readonly end: number;
  /** `r-xp` */
  readonly rights: string;
  readonly name: string;
}

const LINE = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+\s*(.*)$/;

function parse(line: string): Mapping[] {
  const [, start, end, rights, name] = LINE.exec(line) ?? [];
  if (start === undefined || end === undefined || rights === undefined) return [];
  return [{ start: parseInt(start, 16), end: parseInt(end, 16), rights, name: name ?? '' }];
}

const cell = new Int32Array(new SharedArrayBuffer(4));
/** So long it only looks; then it sleeps between its looks, so that others can go on. */
const SPIN_NS = 30_000n;
const NAP_MS = 0.02;

/** Asks until the answer is not undefined, or the time is over. */
export function waitFor<T>(ask: () => T | undefined, milliseconds: number): T | undefined {
  const began = monotonicNs();
  const until = began + BigInt(milliseconds) * 1_000_000n;
  for (;;) {
    const answer = ask();
    if (answer !== undefined) return answer;
    const now = monotonicNs();
    if (now > until) return undefined;
    if (now > began + SPIN_NS) sleep(NAP_MS);
  }
}

export function sleep(milliseconds: number): void {
  Atomics.wait(cell, 0, 0, milliseconds);
}
