import { once } from 'node:events';
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
      expect(service.said()).toContain('"code":"ended-at-once"');
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
