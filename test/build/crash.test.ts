import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HEADER } from '../../src/probe/build/layout.ts';
import type { Crash, CrashLine } from '../../src/protocol/crash.ts';
import type { TraceEvent } from '../../src/protocol/event.ts';
import { GO_VERSIONS } from '../support/go_build.ts';
import { buildHooked, fewOrAll } from '../support/mapaudit_go.ts';

const MAPAUDIT = fileURLToPath(new URL('../../bin/mapaudit', import.meta.url));
const RECORD = { ...process.env, MAPAUDIT: 'record=last:256' };

function report(pid: number): { crash: Crash; events: TraceEvent[] } {
  const args = [MAPAUDIT, 'crash', '-p', String(pid), '--stack', '--json'];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CrashLine);
  rmSync(`/dev/shm/mapaudit.${pid}`);
  return {
    crash: lines.find((line) => line.type === 'crash')!,
    events: lines.filter((line) => line.type === 'event'),
  };
}

describe('after the end of a recorded program', () => {
  for (const version of fewOrAll(['1.18.10', '1.26.8'], GO_VERSIONS)) {
    it(`with Go ${version}: a write at the same time as another`, () => {
      const { pid, stderr } = spawnSync(buildHooked('crash', version), ['fatal'], {
        env: RECORD,
        encoding: 'utf8',
      });
      expect(stderr).toContain('concurrent map');
      const { crash, events } = report(pid);
      const [, died] = /^goroutine (\d+) .*\[running\]/m.exec(stderr) ?? [];
      expect(crash).toMatchObject({ pid, crashed: true, goroutine: Number(died) });
      expect(new Set(events.map((e) => e.map.address))).toEqual(new Set([crash.map?.address]));
      const racers = events.filter((e) => e.op === 'assign' && e.key?.text?.startsWith('"racer'));
      expect(racers.length).toBeGreaterThan(0);
      expect(racers.some((e) => e.goroutine?.id === crash.goroutine)).toBe(true);
      for (const { stack } of racers) expect(stack?.[0]?.function).toBe('main.login');
    });

    it(`with Go ${version}: a panic`, () => {
      const { pid } = spawnSync(buildHooked('crash', version), ['panic'], { env: RECORD });
      const { crash, events } = report(pid);
      expect(crash).toMatchObject({ crashed: true, goroutine: 1 });
      expect(crash.map?.address).toBe(events.at(-1)?.map.address);
      expect(events.slice(-2).map((e) => [e.op, e.key?.text])).toEqual([
        ['delete', '"user7"'],
        ['delete', '"user9"'],
      ]);
    });

    it(`with Go ${version}: a nil pointer`, () => {
      const { pid } = spawnSync(buildHooked('crash', version), ['segv'], { env: RECORD });
      const { crash, events } = report(pid);
      expect(crash).toMatchObject({ crashed: true, goroutine: 1 });
      expect(events.slice(-3).map((e) => [e.op, e.key?.text, e.len])).toEqual([
        ['delete', '"user7"', 50],
        ['delete', '"user9"', 49],
        ['access', '"nobody"', 48],
      ]);
      expect(events.at(-2)?.found).toBe(true);
    });
  }

  it('that was killed, all maps are shown', async () => {
    const program = spawn(buildHooked('crash'), ['wait'], {
      env: RECORD,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(program.stdout, 'data');
    program.kill('SIGKILL');
    await once(program, 'exit');
    const { crash, events } = report(program.pid!);
    expect(crash.crashed).toBe(false);
    expect(events.at(-1)).toMatchObject({ op: 'delete', key: { text: '"user7"' } });
    expect(events.some((e) => e.map.type === 'map[int]int')).toBe(true);
  });

  describe('with a core dump', () => {
    let folder = '';
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'mapaudit-core-'))));
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    const crashOf = (
      core: string,
      ...more: string[]
    ): { status: number | null; out: string; err: string } => {
      const args = [MAPAUDIT, 'crash', core, '--json', ...more];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      return { status, out: stdout, err: stderr };
    };
    // The two clocks are compared in each run.
    const timeless = (out: string): string => out.replaceAll(/"time":"[^"]*"/g, '');
    const lastOf = (out: string): TraceEvent | undefined =>
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as CrashLine)
        .filter((line) => line.type === 'event')
        .at(-1);

    // Elsewhere cores go to a program that keeps them as it likes.
    const written = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim() === 'core';
    for (const version of fewOrAll(['1.26.8'], ['1.21.13', '1.26.8']))
      for (const filter of ['0x33', '0x3b'])
        it.runIf(written)(`of the kernel, with Go ${version} and coredump_filter ${filter}`, () => {
          const script = `ulimit -c unlimited && echo ${filter} > /proc/self/coredump_filter && exec "$0" segv`;
          const program = join(folder, 'program');
          copyFileSync(buildHooked('crash', version), program);
          chmodSync(program, 0o755);
          const env = { ...RECORD, GOTRACEBACK: 'crash' };
          const { pid, signal } = spawnSync('bash', ['-c', script, program], { env, cwd: folder });
          expect(signal).toBe('SIGABRT');
          const core = readdirSync(folder).find((name) => name.startsWith('core')) ?? '';
          const beside = crashOf(join(folder, core));
          expect(beside.status, beside.err).toBe(0);
          expect(lastOf(beside.out), beside.err).toMatchObject({ op: 'access', key: { text: '"nobody"' } });
          rmSync(`/dev/shm/mapaudit.${pid}`);
          const alone = crashOf(join(folder, core));
          if (filter === '0x3b') {
            expect(timeless(alone.out)).toBe(timeless(beside.out));
            renameSync(program, join(folder, 'moved'));
            expect(crashOf(join(folder, core)).status).toBe(1);
            expect(crashOf(join(folder, core), '--exe', join(folder, 'moved')).out).toContain('nobody');
            return;
          }
          expect(alone.status).toBe(1);
          expect(alone.err).toContain(`/dev/shm/mapaudit.${pid} is gone`);
          expect(alone.err).toContain('coredump_filter');
          // A later process with its pid is another.
          const later = spawn(buildHooked('crash', version), ['wait'], { env: RECORD });
          return once(later.stdout, 'data').then(() => {
            renameSync(`/dev/shm/mapaudit.${later.pid}`, `/dev/shm/mapaudit.${pid}`);
            const header = openSync(`/dev/shm/mapaudit.${pid}`, 'r+');
            const bytes = Buffer.alloc(8);
            bytes.writeBigUInt64LE(BigInt(pid));
            writeSync(header, bytes, 0, 8, HEADER.pid);
            closeSync(header);
            later.kill('SIGKILL');
            const other = crashOf(join(folder, core));
            rmSync(`/dev/shm/mapaudit.${pid}`);
            expect(other.err).toContain('core-no-rings');
            expect(other.err).toContain('not what this process left');
          });
        });

    it('of gcore; of a program without a recorder that is said', async () => {
      for (const env of [RECORD, process.env]) {
        const program = spawn(buildHooked('crash'), ['wait'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
        await once(program.stdout, 'data');
        const made = spawnSync('gcore', ['-o', join(folder, 'made'), String(program.pid)], {
          encoding: 'utf8',
        });
        expect(made.status, made.stderr).toBe(0);
        const { status, out, err } = crashOf(join(folder, `made.${program.pid}`));
        program.kill('SIGKILL');
        await once(program, 'exit');
        rmSync(`/dev/shm/mapaudit.${program.pid}`, { force: true });
        if (env === RECORD) expect(lastOf(out)).toMatchObject({ op: 'delete', key: { text: '"user7"' } });
        else expect([status, err.includes('no-recording')]).toEqual([1, true]);
      }
    });
  });

  it('that ended as it should, nothing is left', () => {
    const { pid, status } = spawnSync(buildHooked('crash'), ['ends'], { env: RECORD });
    expect(status).toBe(0);
    expect(existsSync(`/dev/shm/mapaudit.${pid}`)).toBe(false);
  });

  it('a wrong wish is said, and what is no recording', () => {
    const env = { ...process.env, MAPAUDIT: 'record=last:many' };
    const { stderr, status } = spawnSync(buildHooked('crash'), ['ends'], { env, encoding: 'utf8' });
    expect([status, stderr.includes('record=last:many')]).toEqual([0, true]);
    const other = spawnSync(process.execPath, [MAPAUDIT, 'crash', '/etc/passwd'], { encoding: 'utf8' });
    expect([other.status, other.stderr.includes('no file of the hook')]).toEqual([1, true]);
  });
});
