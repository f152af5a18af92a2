import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, readlinkSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/protocol/summary.ts';
import { buildGo } from '../support/go_build.ts';
import { busyTarget, inFolder, MAPAUDIT, mapaudit, running } from './support.ts';

const summaryOf = (out: string): Summary => JSON.parse(out.trim().split('\n').at(-1) ?? '') as Summary;

/** The child of a process, when it runs that program. */
async function childOf(parent: number | undefined, program: string): Promise<string> {
  for (;;) {
    const pid = spawnSync('pgrep', ['-P', String(parent)], { encoding: 'utf8' }).stdout.trim();
    try {
      if (pid !== '' && basename(readlinkSync(`/proc/${pid}/exe`)) === basename(program)) return pid;
    } catch {
      // Gone between the two.
    }
    await sleep(50);
  }
}

describe('targets come and go', { timeout: 120_000 }, () => {
  it('a process that ends: a last line, and exit code 0', async () => {
    const target = busyTarget();
    await sleep(500);
    const run = running('trace', '-p', String(target.pid), '--json');
    await run.printed('"type":"event"', 101).finally(() => target.kill('SIGKILL'));
    expect(await run.ended, run.err()).toBe(0);
    const summary = summaryOf(run.out());
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
      const outcome = mapaudit('trace', '-p', String(target.pid), '--duration', '3s', '--json');
      target.kill('SIGKILL');
      expect(outcome.code, outcome.err).toBe(0);
      expect(summaryOf(outcome.out).events).toBeGreaterThan(100);
    });
  });

  it('a process in other mount and pid namespaces', async () => {
    const program = buildGo('ledger');
    const parent = busyTarget(program, 'unshare', '-m', '-p', '--fork', '--mount-proc');
    const child = await childOf(parent.pid, program);
    await sleep(500);
    const outcome = mapaudit('trace', '-p', child, '--duration', '3s', '--json');
    process.kill(Number(child), 'SIGKILL');
    expect(outcome.code, outcome.err).toBe(0);
    expect(summaryOf(outcome.out).events).toBeGreaterThan(100);
  });

  for (const build of ['default', 'pie'] as const)
    it(`--exe finds processes that begin later (${build})`, async () => {
      const program = buildGo('ledger', '1.26.8', build);
      const first = busyTarget(program);
      await sleep(500);
      const targets = [first];
      const run = running('trace', '--exe', program, '--duration', '60s', '--json');
      const seen = (pid: number | undefined): Promise<void> => run.printed(`"pid":${String(pid)},"op"`);
      try {
        await seen(first.pid);
        const later = busyTarget(program);
        targets.push(later);
        await seen(later.pid);
        run.child.kill('SIGINT');
        expect(await run.ended, run.err()).toBe(0);
      } finally {
        for (const target of targets) target.kill('SIGKILL');
        run.child.kill('SIGKILL');
      }
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
