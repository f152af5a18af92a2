import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { ApiProcess } from '../../src/protocol/api.ts';
import { buildGo } from '../support/go_build.ts';
import { type Served, serve, until } from './served.ts';

let open: { readonly kill: (signal: NodeJS.Signals) => boolean }[] = [];
afterEach(() => {
  for (const child of open) child.kill('SIGKILL');
  open = [];
});

const program = buildGo('life');

function run(...args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'], argv0: 'life' });
  open.push(child);
  return child;
}

async function served(...args: readonly string[]): Promise<Served> {
  const service = await serve(...args, '--budget', '50%');
  open.push(service.child);
  return service;
}

/** That operations of a process that runs are counted, now and a moment later. */
async function isCounted(service: Served, pid: number | undefined): Promise<void> {
  const idOf = async (): Promise<string | undefined> =>
    (await service.status()).processes.find((one) => one.pid === pid && one.left === undefined)?.id;
  await until(async () => (await idOf()) !== undefined);
  const assigns = async (): Promise<number> => (await service.totals(await idOf()))['assign'] ?? 0;
  const before = await assigns();
  await until(async () => (await assigns()) > before);
  expect(await idOf()).toBeDefined();
}

it('processes that end while their probes are set do not keep it from the others', async () => {
  const service = await served('--name', 'life*');
  for (let i = 0; i < 12; i++) {
    const short = run('keys');
    // Probes are set within a second, those of writes first.
    await sleep(150 + 60 * i);
    short.kill('SIGKILL');
  }
  await isCounted(service, run('keys').pid);
  expect(service.said()).not.toContain('fault of mapaudit');
  expect(await service.end()).toBe(0);
});

it.each([['-p'], ['--name']])('a process that becomes another program is counted on (%s)', async (by) => {
  const target = run('told');
  const service = await served(by, by === '-p' ? String(target.pid) : 'life*');
  await isCounted(service, target.pid);
  target.stdin?.write('x');
  // It goes on without its program having ended.
  const lives = async (): Promise<ApiProcess[]> =>
    (await service.status()).processes.filter(({ pid }) => pid === target.pid);
  await until(async () => (await lives()).length === 2);
  await isCounted(service, target.pid);
  const [now, before] = await lives();
  expect(now?.left).toBeUndefined();
  expect(before?.left).toBeDefined();
  expect(now?.id).not.toBe(before?.id);
  expect(now?.started).toBeGreaterThan(before?.started ?? Infinity);
  expect((await service.totals(before?.id))['assign']).toBeGreaterThan(0);
  expect(service.said()).not.toContain('has ended');
  expect(await service.end()).toBe(0);
});
