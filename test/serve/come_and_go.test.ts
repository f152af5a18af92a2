import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { ApiProcess, ApiTable } from '../../src/protocol/api.ts';
import { inFolder } from '../agent/support.ts';
import { buildGo } from '../support/go_build.ts';
import { type Served, serve, until } from './served.ts';

let open: { readonly kill: (signal: NodeJS.Signals) => boolean }[] = [];
afterEach(() => {
  for (const child of open) child.kill('SIGKILL');
  open = [];
});

const program = buildGo('life');

const run = (...args: readonly string[]): ChildProcess => runOf(program, ...args);

function runOf(file: string, ...args: readonly string[]): ChildProcess {
  const child = spawn(file, args, { stdio: ['pipe', 'ignore', 'ignore'], argv0: 'life' });
  open.push(child);
  return child;
}

async function served(...args: readonly string[]): Promise<Served> {
  const service = await serve(...args, '--budget', '50%');
  open.push(service.child);
  return service;
}

/** What the service has seen under a pid: what runs now first. */
const livesOf = async (service: Served, pid: number | undefined): Promise<ApiProcess[]> =>
  (await service.status()).processes.filter((one) => one.pid === pid);

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

it.each([['-p'], ['--name']])('a process that runs its program anew is counted on (%s)', async (by) => {
  const target = run('told');
  const service = await served(by, by === '-p' ? String(target.pid) : 'life*');
  await isCounted(service, target.pid);
  target.stdin?.write('x');
  // It goes on without its program having ended.
  await until(async () => (await livesOf(service, target.pid)).length === 2);
  await isCounted(service, target.pid);
  const [now, before] = await livesOf(service, target.pid);
  expect(now?.left).toBeUndefined();
  expect(before?.left).toBeDefined();
  expect(now?.id).not.toBe(before?.id);
  expect(now?.started).toBeGreaterThan(before?.started ?? Infinity);
  expect((await service.totals(before?.id))['assign']).toBeGreaterThan(0);
  expect(service.said()).not.toContain('has ended');
  expect(await service.end()).toBe(0);
});

const OTHER = ['-ops', '1000000000', '-rate', '2000', '-out', '/dev/null'];

/** Two programs under names that nothing else on the machine has, and the flags that mean a process of either. */
async function inPrograms(
  use: (
    first: string,
    next: string,
    flags: (by: string, pid: number | undefined) => string[],
  ) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const name = `exec-${process.pid}-`;
    const [first, next] = [join(folder, `${name}first`), join(folder, `${name}next`)];
    copyFileSync(program, first);
    copyFileSync(buildGo('ledger'), next);
    await use(first, next, (by, pid) => (by === '-p' ? [by, String(pid)] : [by, `${name}*`]));
  });
}

it.each([['-p'], ['--name']])(
  'a process that becomes another Go program is counted on as that (%s)',
  async (by) => {
    await inPrograms(async (first, next, flags) => {
      const target = runOf(first, 'into', next, ...OTHER);
      const service = await served(...flags(by, target.pid));
      await isCounted(service, target.pid);
      target.stdin?.write('x');
      await until(async () => (await livesOf(service, target.pid)).length === 2);
      await isCounted(service, target.pid);
      const [now, before] = await livesOf(service, target.pid);
      expect([now?.name, before?.name]).toEqual([basename(next), basename(first)]);
      expect([now?.left === undefined, before?.left === undefined]).toEqual([true, false]);
      expect(now?.build_id).not.toBe(before?.build_id);
      expect(now?.id).not.toBe(before?.id);
      const { rows } = (await service.get('/api/v1/query?q=operations+by+process')) as ApiTable;
      expect(rows.map(([id]) => id).sort()).toEqual([before?.id, now?.id].sort());
      expect(service.said()).not.toContain('fault of mapaudit');
      expect(await service.end()).toBe(0);
    });
  },
);

it.each([['-p'], ['--name']])(
  'a process that is no Go program for a while is taken up again (%s)',
  async (by) => {
    await inPrograms(async (first, next, flags) => {
      const target = runOf(first, 'into', '/bin/sh', '-c', 'read go; exec "$@"', 'sh', next, ...OTHER);
      const service = await served(...flags(by, target.pid));
      await isCounted(service, target.pid);
      target.stdin?.write('x');
      await until(async () => (await livesOf(service, target.pid)).every(({ left }) => left !== undefined));
      if (by === '-p')
        await until(() =>
          Promise.resolve(service.said().includes('has become another program, which is not watched')),
        );
      await sleep(1000);
      expect(service.said()).not.toContain('has ended');
      target.stdin?.write('\n');
      await isCounted(service, target.pid);
      expect((await livesOf(service, target.pid)).map(({ name }) => name)).toEqual(
        [next, first].map((path) => basename(path)),
      );
      target.kill('SIGKILL');
      await until(async () => (await livesOf(service, target.pid)).every(({ left }) => left !== undefined));
      if (by === '-p') await until(() => Promise.resolve(service.said().includes('the program has ended')));
      expect(service.said()).not.toContain('fault of mapaudit');
      expect(await service.end()).toBe(0);
    });
  },
);

it('a process that has become something else than a Go program, and ends as that, is told so', async () => {
  await inPrograms(async (first, _, flags) => {
    const target = runOf(first, 'into', '/bin/sleep', '600');
    const service = await served(...flags('-p', target.pid));
    await isCounted(service, target.pid);
    target.stdin?.write('x');
    await until(() => Promise.resolve(service.said().includes('which is not watched')));
    expect(service.said()).toContain('sleep');
    await until(async () => (await service.status()).processes.every(({ left }) => left !== undefined));
    expect((await service.status()).processes).toHaveLength(1);
    expect(service.said()).not.toContain('has ended');
    target.kill('SIGKILL');
    await until(() => Promise.resolve(service.said().includes('the program has ended')));
    expect(await service.end()).toBe(0);
  });
});
