import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { hasJumps } from '../../src/probe/inline/has_jumps.ts';
import type { ApiEvents, ApiOverview } from '../../src/protocol/api.ts';
import { busyTarget, inFolder } from '../agent/support.ts';
import { waitingLedger } from '../evidence/recorded.ts';
import { buildGo } from '../support/go_build.ts';
import { allCounted, type Served, serve, until, writtenDown } from './served.ts';

let open: { readonly kill: (signal: NodeJS.Signals) => boolean }[] = [];
afterEach(() => {
  for (const child of open) child.kill('SIGKILL');
  open = [];
});

async function served(...args: readonly string[]): Promise<Served> {
  const service = await serve(...args, '--probe', 'inline');
  open.push(service.child);
  return service;
}

async function toldGrowths({ address }: Served): Promise<number> {
  const metrics = await (await fetch(`${address}/metrics`)).text();
  const values = [...metrics.matchAll(/^map_grow_total\{.*\} (\d+)$/gm)];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

it('counts what the program itself wrote down, and takes its jumps out again', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'l.tsv');
    const target = await waitingLedger(file, '-ops', '200000');
    open.push(target.program);
    const pid = Number(target.pid);
    const service = await served('-p', target.pid);
    expect(hasJumps(pid)).toBe(true);
    await target.work();
    const wanted = await writtenDown(file);
    const totals = await allCounted(service, wanted);
    expect(totals['access']).toBeGreaterThan(0);
    expect(totals['grow']).toBeGreaterThan(0);
    // Counted by the probe, and told one by one.
    await until(async () => (await toldGrowths(service)) === totals['grow']);
    const { events } = (await service.get('/api/v1/events?op=delete&limit=5')) as ApiEvents;
    for (const event of events)
      expect(event).toMatchObject({ op: 'delete', pid, key: expect.anything() as unknown });
    const { maps } = (await service.get('/api/v1/overview')) as ApiOverview;
    expect(maps.length).toBeGreaterThan(0);
    const [process] = (await service.status()).processes;
    expect(process).toMatchObject({ probe: 'inline' });
    expect(await service.end()).toBe(0);
    expect(hasJumps(pid)).toBe(false);
    target.end();
    const [code] = (await once(target.program, 'exit')) as [number | null];
    expect(code).toBe(0);
  });
});

it('counts on where it is too much, and says so: jumps are not taken out and placed again', async () => {
  const target = spawn(buildGo('ledger'), ['-ops', '1000000000', '-out', '/dev/null'], { stdio: 'ignore' });
  open.push(target);
  const service = await served('-p', String(target.pid), '--budget', '0.01%');
  await until(async () =>
    (await service.status()).notices.some(({ message }) => message.includes('it is counted on')),
  );
  const [cost] = (await service.status()).cost;
  expect(cost).toMatchObject({ sampled_every: 1024, reads: true, keys: true });
  expect(cost?.paused).toBeUndefined();
  const before = (await service.totals())['access'] ?? 0;
  await until(async () => ((await service.totals())['access'] ?? 0) > before);
  expect(await service.end()).toBe(0);
  expect(target.exitCode).toBeNull();
});

it('killed, it leaves a program that goes on, and the next one takes over', async () => {
  const target = busyTarget();
  open.push(target);
  const pid = target.pid ?? 0;
  const service = await served('-p', String(pid));
  service.child.kill('SIGKILL');
  await once(service.child, 'exit');
  expect(hasJumps(pid)).toBe(true);
  const again = await served('-p', String(pid));
  await until(async () => ((await again.totals())['assign'] ?? 0) > 0);
  expect(await again.end()).toBe(0);
  expect(hasJumps(pid)).toBe(false);
  expect(target.exitCode).toBeNull();
});

it('changes no program that was not named, and has one probe at a time', async () => {
  await expect(serve('--all', '--probe', 'inline')).rejects.toThrow(
    '--all cannot be used with --probe inline',
  );
  await expect(serve('-p', '1', '--races', '--probe', 'inline')).rejects.toThrow(
    '--races cannot be used with --probe inline',
  );
});
