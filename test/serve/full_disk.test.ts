import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { Notice } from '../../src/protocol/notice.ts';
import { openStore } from '../../src/store/index.ts';
import { busyTarget, inFolder } from '../agent/support.ts';
import { type SmallDisk, smallDisk } from '../store/small_disk.ts';
import { serve, type Served, until } from './served.ts';

let open: { readonly kill: (signal: NodeJS.Signals) => boolean }[] = [];
afterEach(() => {
  for (const child of open) child.kill('SIGKILL');
  open = [];
});

/** Codes of what it said of its store, in that order. */
const saidOf = (service: Served): readonly string[] =>
  service
    .said()
    .split('\n')
    .filter((line) => line.includes('"store-'))
    .map((line) => (JSON.parse(line) as Notice).code);

async function onSmallDisk(use: (small: SmallDisk) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const small = smallDisk(join(folder, 'small'), '24m');
    try {
      await use(small);
    } finally {
      small.remove();
    }
  });
}

it('a full disk is told on stderr, at the end what is lost, and by the next start the gap', async () => {
  await onSmallDisk(async (small) => {
    const target = busyTarget();
    open.push(target);
    const path = small.path('s.duckdb');
    const args = ['-p', String(target.pid), '--store', path];
    const service = await serve(...args);
    open.push(service.child);
    await until(async () => ((await service.totals())['assign'] ?? 0) > 0);
    small.fill();
    await until(() => Promise.resolve(saidOf(service).length > 0));
    expect((await service.status()).store?.trouble).toBe('the disk is full');
    expect(await service.end()).toBe(0);
    expect(saidOf(service)).toEqual(['store-not-written', 'store-lost']);
    expect(service.said()).toMatch(/is lost: [\d,]+ seconds? with [\d,]+ operations?/);

    const files = small.files();
    await expect(serve(...args)).rejects.toThrow('"code":"disk-full"');
    expect(small.files()).toEqual(files);

    small.makeRoom();
    const again = await serve(...args);
    open.push(again.child);
    await until(() => Promise.resolve(saidOf(again).length > 0));
    expect((await again.status()).notices.map(({ code }) => code)).toContain('store-gap');
    expect(await again.end()).toBe(0);
    expect(saidOf(again)).toEqual(['store-gap']);
    const store = await openStore({ path, readOnly: true });
    const gaps = await store.reader.read((ask) => ask('SELECT cause, to_at - from_at AS ms FROM gaps'));
    await store.close();
    expect(gaps).toEqual([{ cause: 'unclosed', ms: expect.any(Number) as number }]);
    expect(Number(gaps[0]?.['ms'])).toBeGreaterThan(0);
  });
});
