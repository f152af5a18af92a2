import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { busyTarget, inFolder } from '../agent/support.ts';
import { type Served, serve, until } from './served.ts';

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

it('a second signal ends it while it waits at its end, and says what that costs', async () => {
  // A collector that never answers: whoever closes waits for it.
  const collector = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  try {
    await inFolder(async (folder) => {
      const target = busyTarget();
      open.push(target);
      const store = join(folder, 's.duckdb');
      const args = ['-p', String(target.pid), '--store', store];
      const service = await served(...args, '--otlp', `http://127.0.0.1:${port}`);
      await until(async () => ((await service.totals())['assign'] ?? 0) > 0);
      // Two that come together are one.
      const { child } = service;
      while (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await sleep(2000);
      }
      expect(child.signalCode).toBe('SIGTERM');
      await until(() => Promise.resolve(service.said().includes('"code":"ended-at-once"')));
      expect(service.said()).toContain('is not in the store');
      // The program goes on, and what was written is there.
      expect(target.exitCode).toBeNull();
      const again = await served(...args);
      expect((await again.totals())['assign']).toBeGreaterThan(0);
      expect((await again.status()).notices.map(({ message }) => message).join('\n')).toContain(
        'mapaudit ended suddenly',
      );
      expect(await again.end()).toBe(0);
    });
  } finally {
    collector.closeAllConnections();
    collector.close();
  }
});

it('a second signal ends what an action has started', async () => {
  const collector = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  try {
    await inFolder(async (folder) => {
      const [rules, pids] = [join(folder, 'rules.yaml'), join(folder, 'pids')];
      const script = `sleep 600 & echo $! $$ > ${pids}.new; mv ${pids}.new ${pids}; wait`;
      writeFileSync(
        rules,
        `version: 1
rules:
  - { name: busy, kind: rate, op: assign, per: process, window: 1s, above: 1/s, for: 0s }
actions:
  - { name: page, kind: exec, command: [sh, -c, ${JSON.stringify(script)}], timeout: 10m }
`,
      );
      const target = busyTarget();
      open.push(target);
      const service = await served(
        ...['-p', String(target.pid), '--rules', rules, '--otlp', `http://127.0.0.1:${port}`],
      );
      await until(() => Promise.resolve(existsSync(pids)));
      const started = readFileSync(pids, 'utf8').trim().split(' ');
      const run = (): string[] => started.filter((pid) => existsSync(`/proc/${pid}/root`));
      expect(run()).toEqual(started);
      const { child } = service;
      // The first one leaves it its time. Two that it sees together, on a busy machine, are one.
      while (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await sleep(1500);
      }
      expect(child.signalCode).toBe('SIGTERM');
      await expect.poll(run).toEqual([]);
    });
  } finally {
    collector.closeAllConnections();
    collector.close();
  }
});
