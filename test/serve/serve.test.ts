import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { ApiError, ApiEvents, ApiLayout, ApiLive, ApiOverview } from '../../src/protocol/api.ts';
import { busyTarget, inFolder } from '../agent/support.ts';
import { waitingLedger } from '../evidence/recorded.ts';
import { allCounted, reached, type Served, serve, until, writtenDown } from './served.ts';

let open: { readonly kill: (signal: NodeJS.Signals) => boolean }[] = [];
afterEach(() => {
  for (const child of open) child.kill('SIGKILL');
  open = [];
});

async function served(...args: readonly string[]): Promise<Served> {
  const service = await serve(...args);
  open.push(service.child);
  return service;
}

it('counts over the API what the program itself wrote down, found keys too', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'l.tsv');
    const target = await waitingLedger(file, '-ops', '5000', '-rate', '5000');
    open.push(target.program);
    const service = await served('-p', target.pid, '--budget', '50%', '--store', join(folder, 's.duckdb'));
    await target.work();
    // Before any window has them.
    const [now, deletes] = await Promise.all([
      service.live('totals=10', 'totals'),
      service.live('totals=5&op=delete', 'totals'),
    ]);
    target.end();
    await until(async () => (await service.status()).processes.every(({ left }) => left !== undefined));
    const wanted = await writtenDown(file);
    // Writes are counted from the moment at which the address was printed, reads too.
    // The last window may have some of the operations alone.
    await allCounted(service, wanted);
    const counted = new Map(now.processes[0]?.counts.map(({ op, count }) => [op, count]));
    for (const op of ['delete', 'clear'] as const) expect([op, counted.get(op)]).toEqual([op, wanted[op]]);
    expect(deletes.processes.flatMap(({ counts }) => counts)).toEqual([
      { op: 'delete', count: wanted['delete'] },
    ]);

    const overview = (await service.get('/api/v1/overview')) as ApiOverview;
    const deleted = overview.sites.flatMap(({ counts }) => counts.filter(({ op }) => op === 'delete'));
    for (const { count, found = 0, not_found: missed = 0 } of deleted)
      expect(found + missed).toBeLessThanOrEqual(count);
    // Whether keys were there is known while each operation becomes an event: a busy machine may have it sampled.
    const { cost, notices } = await service.status();
    const sampled = cost.some((one) => one.sampled_every > 1) || notices.length > 0;
    const found = deleted.reduce((sum, one) => sum + (one.found ?? 0), 0);
    expect(found > 0 || sampled, JSON.stringify(notices)).toBe(true);

    const { events } = (await service.get('/api/v1/events?op=delete&limit=5')) as ApiEvents;
    expect(events.length === 5 || sampled, JSON.stringify(notices)).toBe(true);
    for (const event of events) expect(event).toMatchObject({ op: 'delete', pid: Number(target.pid) });
    expect(await (await reached(() => fetch(`${service.address}/metrics`))).text()).toContain(
      'map_delete_total',
    );
    expect(await service.end()).toBe(0);
  });
});

it('--all picks up what begins, and lets go of what has ended', async () => {
  const service = await served('--all', '--budget', '5%');
  const target = busyTarget();
  open.push(target);
  const isThere = async (): Promise<boolean> =>
    (await service.status()).processes.some(({ pid, left }) => pid === target.pid && left === undefined);
  await until(isThere);
  const found = (await service.status()).processes.find(({ pid }) => pid === target.pid);
  expect(found).toMatchObject({ probe: 'kernel', go_version: expect.stringMatching(/^go1\./) as string });
  await until(async () => ((await service.totals(found?.id))['assign'] ?? 0) > 0);
  target.kill('SIGKILL');
  await until(async () => !(await isThere()));
  expect((await service.status()).processes.find(({ pid }) => pid === target.pid)?.left).toBeGreaterThan(0);
  // Neither itself nor anything that is not Go.
  expect((await service.status()).processes.some(({ pid }) => pid === service.child.pid)).toBe(false);
  expect(await service.end()).toBe(0);
});

it('tells live what happens, and draws a map as it is now', async () => {
  const target = busyTarget();
  open.push(target);
  const service = await served('-p', String(target.pid), '--budget', '50%');
  const response = await fetch(`${service.address}/api/v1/live?events=1&op=assign`, {
    headers: { authorization: `Bearer ${service.token}` },
  });
  const seen = new Map<string, ApiLive>();
  let text = '';
  for await (const part of response.body ?? []) {
    text += Buffer.from(part).toString();
    for (const line of text.split('\n').slice(0, -1))
      if (line.startsWith('data: ')) {
        const message = JSON.parse(line.slice(6)) as ApiLive;
        if (message.type !== 'window' || message.counts.length > 0) seen.set(message.type, message);
      }
    text = text.slice(text.lastIndexOf('\n') + 1);
    if (['status', 'window', 'events'].every((type) => seen.has(type))) break;
  }
  const window = seen.get('window');
  expect(window?.type === 'window' && window.counts.every(({ op }) => op === 'assign')).toBe(true);
  const batch = seen.get('events');
  const events = batch?.type === 'events' ? batch.events : [];
  expect(events.length).toBeGreaterThan(0);
  expect(events.length).toBeLessThanOrEqual(1000);

  // Maps come and go: what the overview tells of was there some seconds ago.
  let layout: ApiLayout | undefined;
  await until(async () => {
    const { maps } = (await service.get('/api/v1/overview')) as ApiOverview;
    for (const { process, map, entries } of maps) {
      if (map === undefined || entries === undefined) continue;
      const answer = (await service.get(`/api/v1/layout?process=${process}&map=${map}`)) as
        ApiLayout | ApiError;
      if (answer.type !== 'layout') expect(answer).toMatchObject({ code: 'not-there' });
      // One that was made this moment may have none.
      else if (answer.groups.length > 0) layout = answer;
    }
    return layout !== undefined;
  });
  expect(layout?.groups.length).toBeGreaterThan(0);
  expect(await service.get(`/api/v1/layout?process=1-1&map=0xc000`)).toMatchObject({ code: 'not-there' });
  expect(await service.end()).toBe(0);
});

it('keeps to its budget by looking less closely, and says so', async () => {
  const target = busyTarget();
  open.push(target);
  const service = await served('-p', String(target.pid), '--budget', '0.1%');
  // A moment later it may look more closely again: what is asserted is of one answer.
  let { cost, notices } = await service.status();
  await until(async () => {
    ({ cost, notices } = await service.status());
    const [first] = cost;
    return first?.sampled_every === 1024 && (!first.reads || first.paused === true);
  });
  expect(cost[0]?.sampled_every).toBe(1024);
  expect(notices.map(({ message }) => message).join('\n')).toMatch(/the budget is 0\.10 %/);
  expect(await service.end()).toBe(0);
});

it('killed at any moment, it leaves the program as it was', async () => {
  const target = busyTarget();
  open.push(target);
  const service = await served('-p', String(target.pid), '--races');
  await sleep(500);
  service.child.kill('SIGKILL');
  await once(service.child, 'exit');
  await sleep(500);
  expect(target.exitCode).toBeNull();
  // And another one finds nothing in its way.
  const again = await served('-p', String(target.pid));
  expect((await again.status()).processes).toHaveLength(1);
  expect(await again.end()).toBe(0);
});

it('names what is wrong before anything is attached', async () => {
  const notGo = spawn('sleep', ['60']);
  open.push(notGo);
  await expect(serve('-p', String(notGo.pid))).rejects.toThrow('not-go');
  await expect(serve('-p', String(notGo.pid), '--rules', '/nowhere.yaml')).rejects.toThrow('no-such-file');
  await expect(serve('--all', '-p', '1')).rejects.toThrow('contradiction');
});
