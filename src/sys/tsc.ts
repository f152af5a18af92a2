import type { Closable } from '../base/dispose.ts';
import { monotonicNs } from './clock.ts';
import { callNumber, succeed, SYS, trySyscall, viewMemory } from './libc.ts';

/** `rdtsc; shl rdx,32; or rax,rdx; ret` */
const CODE = [0x0f, 0x31, 0x48, 0xc1, 0xe2, 0x20, 0x48, 0x09, 0xd0, 0xc3];
const PAGE = 4096;
const READ_WRITE = 3;
const READ_EXECUTE = 5;
const PRIVATE_ANONYMOUS = 0x22;
const TRIES = 20;

/** The processor's counter and CLOCK_MONOTONIC at one moment. */
export interface ClockPair {
  readonly ticks: bigint;
  readonly nanos: bigint;
}

/** Reads the processor's counter (RDTSC), which JavaScript cannot, by a few bytes of machine code of our own. */
export class TickCounter implements Closable {
  #page: number;

  constructor() {
    const mapped = trySyscall(SYS.mmap, 0, PAGE, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
    this.#page = succeed(mapped, 'mmap of a page');
    viewMemory(this.#page, CODE.length).set(CODE);
    succeed(trySyscall(SYS.mprotect, this.#page, PAGE, READ_EXECUTE), 'mprotect of a page');
  }

  read(): bigint {
    return callNumber(BigInt(this.#page));
  }

  /** Both clocks, as close together as some tries can make it. */
  pair(): ClockPair {
    let best: ClockPair & { spread: bigint } = { ticks: 0n, nanos: 0n, spread: 1n << 62n };
    for (let i = 0; i < TRIES; i++) {
      const before = this.read();
      const nanos = monotonicNs();
      const after = this.read();
      if (after - before < best.spread)
        best = { ticks: (before + after) / 2n, nanos, spread: after - before };
    }
    return best;
  }

  close(): void {
    if (this.#page === 0) return;
    trySyscall(SYS.munmap, this.#page, PAGE);
    this.#page = 0;
  }
}
