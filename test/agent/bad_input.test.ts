import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildFor, buildWithGccgo, errorCode, inFolder, mapaudit, patched } from './support.ts';

describe(
  'what cannot be audited is refused with a code, a cause and a next step',
  // Go's library is built for seven other machines, where that was not done before.
  { timeout: 400_000 },
  () => {
    it('no such process', () => {
      const outcome = mapaudit('trace', '-p', '4194000', '--json');
      expect(outcome.code).toBe(1);
      expect(errorCode(outcome)).toBe('no-such-process');
      expect(mapaudit('trace', '-p', '4194000').err).toContain('mapaudit ps');
    });

    it('a thread: its process is named', () => {
      const [thread] = readdirSync('/proc/self/task').filter((tid) => Number(tid) !== process.pid);
      for (const command of ['trace', 'check', 'top']) {
        const outcome = mapaudit(command, '-p', thread ?? '', '--json');
        expect(errorCode(outcome)).toBe('no-such-process');
        expect(outcome.err).toContain(`${thread} is a thread of process ${process.pid}`);
      }
    });

    it('a program that is not Go', () => {
      expect(errorCode(mapaudit('check', '/bin/sleep', '--json'))).toBe('not-go');
      expect(errorCode(mapaudit('trace', '-p', '1', '--json'))).toBeDefined();
    });

    it('a script, and a file that is not there', async () => {
      await inFolder((folder) => {
        writeFileSync(join(folder, 'script'), '#!/bin/sh\nexec true\n', { mode: 0o755 });
        expect(errorCode(mapaudit('check', join(folder, 'script'), '--json'))).toBe('elf-not-elf');
        expect(errorCode(mapaudit('check', join(folder, 'nothing'), '--json'))).toBe('no-such-file');
      });
    });

    it('Go that is too old', async () => {
      await inFolder((folder) => {
        const outcome = mapaudit('check', patched(folder, 'go1.26.8', 'go1.17.8'), '--json');
        expect(errorCode(outcome)).toBe('go-too-old');
        expect(outcome.err).toContain('go1.17.8');
      });
    });

    it('Go that is newer than known, when it is not made as the newest known one is', async () => {
      await inFolder((folder) => {
        const outcome = mapaudit('check', patched(folder, 'go1.26.8', 'go1.99.8'), '--json');
        expect(errorCode(outcome)).toBe('go-too-new');
        expect(outcome.err).toContain('function and module tables');
      });
    });

    it('Go that is newer than known is taken when it is made as the newest known one is', async () => {
      await inFolder((folder) => {
        const outcome = mapaudit('check', patched(folder, 'go1.27.4', 'go1.28.4', '1.27.4'), '--json');
        const report = JSON.parse(outcome.out) as unknown;
        expect(report).toMatchObject({ binary: { go_version: 'go1.28.4', flavour: 'swiss' } });
        expect(outcome.out).toContain('go1.28.4 is newer than this mapaudit');
        expect(outcome.err).toBe('');
      });
    });

    it('gccgo, with symbols and without', async () => {
      await inFolder((folder) => {
        expect(errorCode(mapaudit('check', buildWithGccgo(folder), '--json'))).toBe('gccgo');
        expect(errorCode(mapaudit('check', buildWithGccgo(folder, '-s'), '--json'))).toBe('gccgo');
      });
    });

    it('other machines', async () => {
      await inFolder((folder) => {
        const refused = (arch: string, system?: string): unknown[] => {
          const outcome = mapaudit('check', buildFor(folder, arch, system), '--json');
          expect(outcome.err).toContain('GOOS=linux GOARCH=amd64 go build');
          return [errorCode(outcome), /built for ([\w-]+)/.exec(outcome.err)?.[1]];
        };
        expect(refused('386')).toEqual(['elf-32-bit', undefined]);
        expect(refused('arm64')).toEqual(['elf-foreign-machine', 'aarch64']);
        expect(refused('s390x')).toEqual(['elf-foreign-machine', 's390x']);
        expect(refused('ppc64')).toEqual(['elf-foreign-machine', 'ppc64']);
        expect(refused('mips')).toEqual(['elf-foreign-machine', 'mips']);
        expect(refused('amd64', 'freebsd')).toEqual(['elf-foreign-system', 'FreeBSD']);
        expect(refused('amd64', 'dragonfly')).toEqual(['elf-foreign-system', 'dragonfly']);
      });
    });

    it('a binary that is cut off', async () => {
      await inFolder((folder) => {
        const path = patched(folder, 'go1.26.8', 'go1.26.8');
        truncateSync(path, 300_000);
        expect(errorCode(mapaudit('check', path, '--json'))).toMatch(/corrupt|elf|pclntab|moduledata/);
      });
    });

    it('wrong flags', () => {
      expect(mapaudit('trace', '-p', '1', '--op', 'delte').err).toContain('delete');
      expect(mapaudit('trace', '-p', '1', '--map', '(').code).toBe(2);
      expect(mapaudit('trace').code).toBe(2);
    });
  },
);
