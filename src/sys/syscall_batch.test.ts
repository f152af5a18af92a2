import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf, keepAlive, SYS } from './libc.ts';
import { openHandles } from './handles.ts';
import { SyscallBatch } from './syscall_batch.ts';

const GETPID = 39;
const EBADF = 9;

describe('a batch of system calls', () => {
  let batch: SyscallBatch;
  beforeEach(() => {
    batch = new SyscallBatch(300);
  });
  afterEach(() => {
    batch.close();
  });

  it('makes those of the rows that are asked for', () => {
    for (let row = 0; row < 300; row++) batch.set(row, { number: GETPID, args: [] });
    expect(batch.run(1, 298)).toBe(298);
    expect([0, 1, 298, 299].map((row) => batch.result(row))).toEqual([0, process.pid, process.pid, 0]);
    expect(batch.run(0, 0)).toBe(0);
    expect(batch.result(0)).toBe(0);
  });

  it('hands all six arguments over, also those that are changed', () => {
    const found = new BigInt64Array(64);
    const address = addressOf(found);
    // process_vm_readv of itself, from a word that holds a number to another.
    found[0] = 4711n;
    found.set([address + 8n, 8n, address, 8n], 32);
    const list = Number(address) + 8 * 32;
    batch.set(0, {
      number: SYS.processVmReadv,
      args: [process.pid, list, 1, list + 16, 1, 1],
    });
    expect(batch.run(0, 1)).toBe(1);
    // Flags other than 0 are an error.
    expect(batch.result(0)).toBe(-22);
    batch.setArgument(0, 5, 0);
    expect(batch.run(0, 1)).toBe(1);
    expect(batch.result(0)).toBe(8);
    expect(found[1]).toBe(4711n);
    // No process has such a number: the upper half is handed over as well.
    batch.setArgument(0, 0, 0x7fffffff, 1);
    batch.run(0, 1);
    expect(batch.result(0)).toBeLessThan(0);
    keepAlive(found);
  });

  it('ends with the first that fails where the next ones hang on it', () => {
    batch.set(0, { number: GETPID, args: [], least: 1 });
    batch.set(1, { number: SYS.close, args: [-1] });
    batch.set(2, { number: SYS.close, args: [-1], least: 0 });
    batch.set(3, { number: GETPID, args: [] });
    expect(batch.run(0, 4)).toBe(2);
    expect([1, 2, 3].map((row) => batch.result(row))).toEqual([-EBADF, -EBADF, 0]);
  });

  it('makes none in a rehearsal', () => {
    batch.set(0, { number: GETPID, args: [] });
    batch.dry = true;
    expect(batch.run(0, 1)).toBe(1);
    expect(batch.result(0)).toBe(0);
  });

  it('lets go of its memory once', () => {
    const other = new SyscallBatch(1);
    other.close();
    other.close();
    expect(() => other.run(0, 1)).toThrow(/closed/);
    expect(openHandles().some(({ what }) => what === 'table of 1 system calls')).toBe(false);
  });
});
