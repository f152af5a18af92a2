import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pid as toPid, type Pid } from '../../src/model/ids.ts';
import { monotonicNs, wallOffsetNs } from '../../src/sys/clock.ts';
import { Fd } from '../../src/sys/fd.ts';
import { openFile } from '../../src/sys/file_source.ts';
import { openHandles } from '../../src/sys/handles.ts';
import { MemoryMap } from '../../src/sys/memory_map.ts';
import { exeMappings } from '../../src/sys/proc/mappings.ts';
import { exeIdentity, lifeOf, listProcesses, processFacts } from '../../src/sys/proc/process.ts';
import { processStatus } from '../../src/sys/proc/status.ts';
import { processMemory, readByFile } from '../../src/sys/process_memory.ts';
import { raiseLockedMemory } from '../../src/sys/resource_limit.ts';

let child: ChildProcess;
let pid: Pid;
beforeEach(async () => {
  child = spawn('sh', ['-c', 'read x; exec sleep 100'], { stdio: ['pipe', 'ignore', 'ignore'] });
  pid = toPid(child.pid!);
  await until(() => processFacts(pid)?.exe?.includes('sh') === true);
});
afterEach(() => child.kill('SIGKILL'));

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 3000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
}

describe('a process', () => {
  it('is listed, with what it runs and whose it is', () => {
    const facts = listProcesses().find((process) => process.pid === pid);
    expect(facts).toEqual(processFacts(pid));
    expect(facts).toMatchObject({ pid, uid: process.getuid!(), exeReplaced: false });
    expect(processStatus(pid)).toMatchObject({ threads: 1, uid: process.getuid!() });
    expect(processStatus(pid)?.namespacePids[0]).toBe(pid);
  });

  it('is another program after exec, and the same process', async () => {
    const [before, { startTime }] = [exeIdentity(pid), processFacts(pid)!];
    expect(before).toBeDefined();
    child.stdin!.write('\n');
    await until(() => exeIdentity(pid) !== before);
    expect(lifeOf(pid, startTime)).toBe('runs');
  });

  it('is gone when it has ended, also while nobody has waited for it', async () => {
    const { startTime } = processFacts(pid)!;
    child.kill('SIGKILL');
    await until(() => lifeOf(pid, startTime) === 'gone');
    expect(processFacts(pid)).toBeUndefined();
    expect(exeIdentity(pid)).toBeUndefined();
  });

  it('is no other one that has its pid now', () => {
    expect(lifeOf(pid, `${Number(processFacts(pid)!.startTime) - 1}`)).toBe('gone');
  });

  it('that belongs to the kernel is not listed', () => {
    expect(processFacts(toPid(2))?.name).not.toBe('kthreadd');
  });
});

describe("a process's memory", () => {
  it('holds its binary, by either way of reading', () => {
    const file = openFile(`/proc/${pid}/exe`);
    const [first] = exeMappings(pid, file.inode, processFacts(pid)!.exe);
    const inFile = file.read(first!.fileOffset, 4096)!;
    expect(Buffer.from(processMemory(pid).read(first!.start, 4096)!).equals(inFile)).toBe(true);
    const bytes = new Uint8Array(4096);
    expect(readByFile(pid, first!.start, bytes)).toBe(true);
    expect(Buffer.from(bytes).equals(inFile)).toBe(true);
    file.close();
  });

  it('is read whole or not at all', () => {
    const memory = processMemory(pid);
    expect(memory.read(4096, 8)).toBeUndefined();
    expect(memory.read(-1, 8)).toBeUndefined();
    expect(memory.read(2 ** 47 - 4, 8)).toBeUndefined();
    expect(memory.read(0, 0)).toHaveLength(0);
    expect(processMemory(toPid(0x3f_ffff)).read(0x400000, 8)).toBeUndefined();
    expect(readByFile(pid, 4096, new Uint8Array(8))).toBe(false);
  });
});

describe('the machine', () => {
  it('has a clock that only goes forward, beside the one on the wall', () => {
    const first = monotonicNs();
    expect(monotonicNs()).toBeGreaterThanOrEqual(first);
    // However long the test is kept waiting in between.
    const before = Date.now();
    const wall = Number((wallOffsetNs() + monotonicNs()) / 1_000_000n);
    expect(wall).toBeGreaterThan(before - 50);
    expect(wall).toBeLessThan(Date.now() + 50);
  });

  it('maps a file, and gives it back once', () => {
    const before = openHandles().length;
    const fd = new Fd(openSync('/proc/self/exe', 'r'), 'a file to map');
    const map = MemoryMap.of(fd, 'read', 0, 4096);
    expect([...map.bytes.subarray(0, 4)]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
    expect(openHandles().length).toBe(before + 2);
    map.close();
    map.close();
    expect(map.bytes).toHaveLength(0);
    fd.close();
    expect(openHandles().length).toBe(before);
  });

  it('says by name what it refuses', () => {
    const fd = new Fd(openSync('/dev/null', 'r'), 'nothing to map');
    expect(() => MemoryMap.of(fd, 'read-write', 0, 4096)).toThrow(/^mmap of 4096 bytes: E(ACCES|NODEV)$/);
    fd.close();
    closeSync(openSync('/dev/null', 'r'));
  });

  it('answers whether more memory may be locked', () => {
    expect(typeof raiseLockedMemory()).toBe('boolean');
  });
});
