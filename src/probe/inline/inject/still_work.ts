import { addressOf, SYS } from '../../../sys/libc.ts';
import { SyscallBatch } from '../../../sys/syscall_batch.ts';
import { foreign } from './remains.ts';
import type { Tracee } from './tracee.ts';

/** Addresses from `start` on, before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Bytes at an address. */
export interface Piece {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** What is done to a program while all its threads stand still. */
export interface StillWork {
  /** Nothing is written while a thread is in one of these; it is tried again a little later. */
  readonly keepOut: readonly Range[];
  /** What must stand in the program, or nothing is written. */
  readonly expected: readonly Piece[];
  readonly writes: readonly Piece[];
  /** The step that each write is. */
  readonly name: string;
  /** The answer tells whether a thread is in one of these. */
  readonly watched: readonly Range[];
  /** Code that Go's compiler has made. */
  readonly goText: Range;
}

/** Reads, the comparison and writes, with all their memory prepared. */
export class PreparedWork {
  readonly work: StillWork;
  readonly #tracee: Tracee;
  readonly #batch: SyscallBatch;
  readonly #wanted: Buffer;
  readonly #found: Buffer;

  constructor(tracee: Tracee, work: StillWork) {
    this.work = work;
    this.#tracee = tracee;
    const { expected, writes } = work;
    this.#wanted = Buffer.concat(expected.map(({ bytes }) => bytes));
    this.#found = Buffer.alloc(this.#wanted.length);
    this.#batch = new SyscallBatch(expected.length + writes.length);
    let at = 0;
    for (const [i, { address, bytes }] of expected.entries()) {
      const into = this.#found.subarray(at, (at += bytes.length));
      this.#batch.set(i, call(SYS.pread64, tracee, into, address));
    }
    for (const [i, { address, bytes }] of writes.entries()) {
      const kept = Uint8Array.from(bytes);
      this.#kept.push(kept);
      this.#batch.set(expected.length + i, call(SYS.pwrite64, tracee, kept, address));
    }
  }

  /** What the prepared calls point to. */
  readonly #kept: Uint8Array[] = [];

  set dry(dry: boolean) {
    this.#batch.dry = dry;
    this.#found.set(this.#wanted);
  }

  /** Errors: `foreign-code` where something else stands than was expected; nothing is written then. */
  check(): void {
    const { expected } = this.work;
    if (this.#batch.run(0, expected.length) === expected.length && this.#found.equals(this.#wanted)) return;
    let at = 0;
    for (const { address, bytes } of expected) {
      const end = at + bytes.length;
      if (!this.#found.subarray(at, end).equals(this.#wanted.subarray(at, end)))
        throw foreign(this.#tracee, address, this.#found.subarray(at, end));
      at = end;
    }
    throw this.#tracee.gone();
  }

  /** Errors: those of `Tracee.write`. */
  write(): void {
    const { expected, writes, name } = this.work;
    const done = this.#tracee.runSteps(this.#batch, expected.length, writes.length, name);
    if (done === writes.length) return;
    // Once more, so that it says what is wrong.
    for (const { address, bytes } of writes.slice(done)) this.#tracee.write(address, bytes);
  }

  close(): void {
    this.#batch.close();
  }
}

function call(number: number, { memory }: Tracee, bytes: Uint8Array, address: number) {
  return { number, args: [memory, Number(addressOf(bytes)), bytes.length, address], least: bytes.length };
}
