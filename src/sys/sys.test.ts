import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isMapauditError } from '../base/errors.ts';
import { untilNotBusy } from './bpf.ts';
import { type Capability, missingForKernelProbe } from './capabilities.ts';
import { parseCpuList } from './cpus.ts';
import { ERRNO, errnoName } from './errno.ts';
import { openFile } from './file_source.ts';
import { containerOf } from './proc/container.ts';
import { parseMappings } from './proc/mappings.ts';
import { parseStatus } from './proc/status.ts';
import { withSignalsHeld } from './signals.ts';

describe('the container of a process', () => {
  const id = 'f00dcafe'.repeat(8);
  it.each([
    ['docker', `12:memory:/docker/${id}\n`],
    ['docker under systemd', `0::/system.slice/docker-${id}.scope\n`],
    ['podman', `0::/machine.slice/libpod-${id}.scope/container\n`],
    [
      'containerd',
      `0::/system.slice/containerd.service/kubepods-besteffort-pod1.slice:cri-containerd:${id}\n`,
    ],
    ['kubernetes', `1:cpu:/kubepods/burstable/pod0f-1/${id}\n`],
    ['kubernetes under systemd', `0::/kubepods.slice/kubepods-pod1_2.slice/cri-containerd-${id}.scope\n`],
    ['cri-o', `0::/kubepods.slice/kubepods-pod1.slice/crio-${id}.scope\n`],
    ['one within another', `0::/docker/${'0123abcd'.repeat(8)}/kubepods/pod1/${id}\n`],
  ])('%s', (_, text) => {
    expect(containerOf(text)).toBe('f00dcafef00d');
  });

  it('is none where there is none', () => {
    expect(containerOf('0::/user.slice/user-1000.slice/session-2.scope\n')).toBeUndefined();
    expect(containerOf('0::/\n')).toBeUndefined();
    expect(containerOf(`0::/machine.slice/libpod-conmon-${id}.scope\n`)).toBeUndefined();
    expect(containerOf(`0::/x/${id}0\n`)).toBeUndefined();
  });
});

describe('texts of /proc', () => {
  it('maps: files only, with spaces and the mark of a deleted file in their names', () => {
    const found = parseMappings(
      [
        '00400000-00500000 r-xp 00001000 fd:01 1234   /srv/my shop (deleted)',
        '00500000-00501000 rw-p 00100000 fd:01 1234   /srv/my shop (deleted)',
        'c000000000-c000400000 rw-p 00000000 00:00 0 ',
        '7ffc0000-7ffd0000 rw-p 00000000 00:00 0      [stack]',
        '',
      ].join('\n'),
    );
    expect(found).toHaveLength(2);
    expect(found[0]).toEqual({
      start: 0x400000,
      end: 0x500000,
      fileOffset: 0x1000,
      executable: true,
      writable: false,
      inode: 1234,
      path: '/srv/my shop (deleted)',
    });
  });

  it('status: effective user and group, pids from our namespace to its own, threads', () => {
    const text = 'Name:\tshop\nUid:\t0\t1000\t0\t0\nGid:\t0\t100\t0\t0\nNSpid:\t4242\t17\t1\nThreads:\t9\n';
    expect(parseStatus(text)).toEqual({ uid: 1000, gid: 100, namespacePids: [4242, 17, 1], threads: 9 });
    expect(parseStatus('')).toBeUndefined();
  });

  it('lists of CPUs', () => {
    expect(parseCpuList('0-3,8,10-11\n')).toEqual([0, 1, 2, 3, 8, 10, 11]);
    expect(parseCpuList('0\n')).toEqual([0]);
    expect(parseCpuList('')).toEqual([]);
  });
});

describe('rights', () => {
  it('of a kernel probe: both, or the one that stands for all', () => {
    const missing = (...own: Capability[]): readonly Capability[] => missingForKernelProbe(new Set(own));
    expect(missing()).toEqual(['CAP_BPF', 'CAP_PERFMON']);
    expect(missing('CAP_BPF')).toEqual(['CAP_PERFMON']);
    expect(missing('CAP_BPF', 'CAP_PERFMON')).toEqual([]);
    expect(missing('CAP_SYS_ADMIN')).toEqual([]);
  });

  it('errors have names', () => {
    expect([errnoName(1), errnoName(13), errnoName(524)]).toEqual(['EPERM', 'EACCES', 'errno 524']);
  });
});

describe('a file by offset', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mapaudit-file-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives exactly what was asked for, or nothing', () => {
    const path = join(folder, 'file');
    const contents = Uint8Array.from({ length: 200_000 }, (_, i) => i * 7);
    writeFileSync(path, contents);
    const file = openFile(path);
    for (const [at, length] of [
      [0, 1],
      [65_530, 12],
      [65_536, 65_536],
      [0, 200_000],
      [199_999, 1],
      [5, 0],
    ] as const)
      expect(Buffer.from(file.read(at, length)!).equals(contents.subarray(at, at + length))).toBe(true);
    expect(file.read(199_999, 2)).toBeUndefined();
    expect(file.read(-1, 1)).toBeUndefined();
    expect(file.read(0, -1)).toBeUndefined();
    file.close();
    expect(file.read(0, 1)).toBeUndefined();
    file.close();
  });

  it('says what is wrong with a path', () => {
    const code = (path: string): string => {
      try {
        openFile(path).close();
        return 'opened';
      } catch (error) {
        return isMapauditError(error) ? error.code : String(error);
      }
    };
    expect(code(join(folder, 'none'))).toBe('no-such-file');
    expect(code(folder)).toBe('cannot-open');
  });
});

describe('a call that the kernel breaks off', () => {
  const busy = { ok: false, errno: ERRNO.EAGAIN } as const;
  const answers = (...given: { ok: boolean; errno?: number; value?: number }[]) => {
    const left = [...given];
    return { left, next: () => left.shift() as ReturnType<Parameters<typeof untilNotBusy>[0]> };
  };

  it('is tried again until there is another answer, or no pause is left', () => {
    const loaded = answers(busy, busy, { ok: true, value: 7 }, busy);
    expect(untilNotBusy(loaded.next, [0, 1, 1, 1])).toEqual({ ok: true, value: 7 });
    expect(loaded.left).toHaveLength(1);
    const refused = answers(busy, { ok: false, errno: ERRNO.EPERM }, busy);
    expect(untilNotBusy(refused.next, [0, 1, 1, 1])).toEqual({ ok: false, errno: ERRNO.EPERM });
    const never = answers(busy, busy, busy, busy);
    expect(untilNotBusy(never.next, [0, 1])).toEqual(busy);
    expect(never.left).toHaveLength(1);
  });

  it('is not interrupted while signals are held, and the mask is as before afterwards', () => {
    const blocked = (): bigint => {
      const status = readFileSync('/proc/thread-self/status', 'utf8');
      return BigInt(`0x${/^SigBlk:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? ''}`);
    };
    const bit = (signal: number): bigint => 1n << BigInt(signal - 1);
    const before = blocked();
    const inside = withSignalsHeld(blocked);
    expect(inside & bit(27)).toBe(bit(27)); // SIGPROF
    expect(inside & bit(2)).toBe(bit(2)); // SIGINT
    expect(inside & (bit(9) | bit(11))).toBe(0n); // SIGKILL, SIGSEGV
    expect(blocked()).toBe(before);
    expect(() =>
      withSignalsHeld(() => {
        throw new Error('within');
      }),
    ).toThrow('within');
    expect(blocked()).toBe(before);
  });
});
