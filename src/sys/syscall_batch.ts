import type { Closable } from '../base/dispose.ts';
import { closed, opened } from './handles.ts';
import { callWithTwo, succeed, SYS, trySyscall, viewMemory } from './libc.ts';

/**
 * `f(table, count)`: makes the system calls of a table one after the other, up to the first whose result is below
 * what it has to be at least; returns how many have not done what they should. A row is nine words: number, six arguments, result, least.
 */
// prettier-ignore
const CODE = [
  0x53,                         // push rbx
  0x41, 0x54,                   // push r12
  0x48, 0x89, 0xfb,             // mov rbx, rdi
  0x49, 0x89, 0xf4,             // mov r12, rsi
  0x4d, 0x85, 0xe4,             // again: test r12, r12
  0x74, 0x30,                   // je done
  0x48, 0x8b, 0x03,             // mov rax, [rbx]
  0x48, 0x8b, 0x7b, 0x08,       // mov rdi, [rbx+8]
  0x48, 0x8b, 0x73, 0x10,       // mov rsi, [rbx+16]
  0x48, 0x8b, 0x53, 0x18,       // mov rdx, [rbx+24]
  0x4c, 0x8b, 0x53, 0x20,       // mov r10, [rbx+32]
  0x4c, 0x8b, 0x43, 0x28,       // mov r8, [rbx+40]
  0x4c, 0x8b, 0x4b, 0x30,       // mov r9, [rbx+48]
  0x0f, 0x05,                   // syscall
  0x48, 0x89, 0x43, 0x38,       // mov [rbx+56], rax
  0x48, 0x3b, 0x43, 0x40,       // cmp rax, [rbx+64]
  0x7c, 0x09,                   // jl done
  0x49, 0xff, 0xcc,             // dec r12
  0x48, 0x83, 0xc3, 0x48,       // add rbx, 72
  0xeb, 0xcb,                   // jmp again
  0x4c, 0x89, 0xe0,             // done: mov rax, r12
  0x41, 0x5c,                   // pop r12
  0x5b,                         // pop rbx
  0xc3,                         // ret
];
const ROW = 72;
const RESULT = 7;
const LEAST = 8;
const WORDS = ROW / 8;
const PAGE = 4096;
const READ_WRITE = 3;
const READ_EXECUTE = 5;
const PRIVATE_ANONYMOUS = 0x22;
const ANYTHING = -(2 ** 62);

/** A system call and its arguments; pointers from `addressOf`. `least`: what it must return for the next to be made. */
export interface PreparedCall {
  readonly number: number;
  readonly args: readonly number[];
  readonly least?: number;
}

/**
 * System calls that are prepared beforehand and made in one go by a few bytes of machine code, at a tenth of what each
 * costs through the FFI package: for moments in which others wait for us.
 */
export class SyscallBatch implements Closable {
  readonly #page: number;
  readonly #table: number;
  readonly #length: number;
  readonly #words: BigInt64Array;
  readonly #halves: Int32Array;
  #isOpen = true;
  /** Makes no call, but all else: for rehearsals. */
  dry = false;

  /** `capacity`: rows. */
  constructor(capacity: number) {
    this.#length = PAGE + Math.ceil((capacity * ROW) / PAGE) * PAGE;
    const mapped = trySyscall(SYS.mmap, 0, this.#length, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
    this.#page = succeed(mapped, 'mmap of a table');
    this.#table = this.#page + PAGE;
    viewMemory(this.#page, CODE.length).set(CODE);
    const bytes = viewMemory(this.#table, this.#length - PAGE);
    this.#words = new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 3);
    this.#halves = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
    succeed(trySyscall(SYS.mprotect, this.#page, PAGE, READ_EXECUTE), 'mprotect of a page');
    opened(this, `table of ${capacity} system calls`);
  }

  set(row: number, { number, args, least = ANYTHING }: PreparedCall): void {
    const at = row * WORDS;
    for (let i = 0; i < RESULT; i++) this.#words[at + i] = BigInt((i === 0 ? number : args[i - 1]) ?? 0);
    this.#words[at + LEAST] = BigInt(least);
  }

  /** Changes one argument, given as two halves or as a small number: without an allocation. */
  setArgument(row: number, argument: number, low: number, high = 0): void {
    const at = 2 * (row * WORDS + 1 + argument);
    this.#halves[at] = low;
    this.#halves[at + 1] = high;
  }

  /** Makes the calls of `count` rows, up to the first that fails; gives how many came before that. */
  run(from: number, count: number): number {
    if (!this.#isOpen) throw new Error('internal: a table that is closed');
    const left = callWithTwo(this.#page, this.#table + from * ROW, this.dry ? 0 : count);
    return count - left;
  }

  /** What a call has returned: small numbers, or an errno below 0. */
  result(row: number): number {
    return this.#halves[2 * (row * WORDS + RESULT)] ?? 0;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    trySyscall(SYS.munmap, this.#page, this.#length);
    closed(this);
  }
}
