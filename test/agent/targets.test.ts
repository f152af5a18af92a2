import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/protocol/summary.ts';
import { buildGo } from '../support/go_build.ts';
import { busyTarget, inFolder, MAPAUDIT, mapaudit } from './support.ts';

const summaryOf = (out: string): Summary => JSON.parse(out.trim().split('\n').at(-1) ?? '') as Summary;

describe('targets come and go', { timeout: 120_000 }, () => {
  it('a process that ends: a last line, and exit code 0', async () => {
    const target = busyTarget();
    await sleep(500);
    setTimeout(() => target.kill('SIGKILL'), 3000);
    const run = spawn(process.execPath, [MAPAUDIT, 'trace', '-p', String(target.pid), '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    run.stdout.on('data', (data: Buffer) => (out += data.toString()));
    const code = await new Promise((resolve) => run.once('exit', resolve));
    expect(code).toBe(0);
    const summary = summaryOf(out);
    expect(summary.ended).toBe('target-exited');
    expect(summary.events).toBeGreaterThan(100);
  });

  it('a binary that was deleted and replaced since', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'server');
      copyFileSync(buildGo('ledger'), path);
      const target = busyTarget(path);
      await sleep(500);
      rmSync(path);
      copyFileSync('/bin/true', path);
      const outcome = mapaudit('trace', '-p', String(target.pid), '--duration', '1s', '--json');
      target.kill('SIGKILL');
      expect(outcome.code, outcome.err).toBe(0);
      expect(summaryOf(outcome.out).events).toBeGreaterThan(100);
    });
  });

  it('a process in other mount and pid namespaces', async () => {
    const parent = busyTarget(buildGo('ledger'), 'unshare', '-m', '-p', '--fork', '--mount-proc');
    await sleep(1000);
    const child = execFileSync('pgrep', ['-P', String(parent.pid)], { encoding: 'utf8' }).trim();
    const outcome = mapaudit('trace', '-p', child, '--duration', '1s', '--json');
    process.kill(Number(child), 'SIGKILL');
    expect(outcome.code, outcome.err).toBe(0);
    expect(summaryOf(outcome.out).events).toBeGreaterThan(100);
  });

  for (const build of ['default', 'pie'] as const)
    it(`--exe finds processes that begin later (${build})`, async () => {
      const program = buildGo('ledger', '1.26.8', build);
      const first = busyTarget(program);
      await sleep(500);
      const started: ReturnType<typeof busyTarget>[] = [];
      setTimeout(() => started.push(busyTarget(program)), 2500);
      const run = spawn(
        process.execPath,
        [MAPAUDIT, 'trace', '--exe', program, '--duration', '5s', '--json'],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let out = '';
      run.stdout.on('data', (data: Buffer) => (out += data.toString()));
      const code = await new Promise((resolve) => run.once('exit', resolve));
      for (const target of [first, ...started]) target.kill('SIGKILL');
      expect(code).toBe(0);
      for (const pid of [first.pid, started[0]?.pid]) expect(out).toContain(`"pid":${String(pid)},"op"`);
    });

  it('--name, and a limit of events', async () => {
    const target = busyTarget();
    await sleep(500);
    const outcome = mapaudit('trace', '--name', 'ledger-1.26.8-default*', '--count', '7', '--json');
    target.kill('SIGKILL');
    expect(outcome.out.match(/"type":"event"/g)).toHaveLength(7);
    expect(summaryOf(outcome.out)).toMatchObject({ ended: 'count', events: 7 });
  });

  it('output that is closed early ends it quietly', async () => {
    const target = busyTarget();
    await sleep(500);
    const command = `"${process.execPath}" "${MAPAUDIT}" trace -p ${String(target.pid)} --json | head -1`;
    const out = execFileSync('bash', ['-c', `set -o pipefail; ${command}`], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    target.kill('SIGKILL');
    expect(out).toContain('"type":"attached"');
  });
});
