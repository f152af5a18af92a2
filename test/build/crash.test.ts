import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Crash, CrashLine } from '../../src/protocol/crash.ts';
import type { TraceEvent } from '../../src/protocol/event.ts';
import { buildHooked } from '../support/mapaudit_go.ts';

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
  for (const version of ['1.18.10', '1.23.12', '1.24.13', '1.26.8', '1.27.4']) {
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
