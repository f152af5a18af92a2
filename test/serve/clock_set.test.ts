import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { busyTarget, inFolder } from '../agent/support.ts';
import { settableClock } from '../support/settable_clock.ts';
import { reached, type Served, serveWith, until } from './served.ts';

let open: { readonly kill: (signal: NodeJS.Signals) => boolean }[] = [];
afterEach(() => {
  for (const child of open) child.kill('SIGKILL');
  open = [];
});

const HOUR = 3_600_000;

it.each([-HOUR, HOUR])(
  'a wall clock that is set by %d: windows, metrics and rules go on, and it is said',
  async (by) => {
    await inFolder(async (folder) => {
      const clock = settableClock(folder);
      const rules = join(folder, 'rules.yaml');
      writeFileSync(rules, RULES);
      const target = busyTarget();
      open.push(target);
      const service: Served = await serveWith(
        clock.env,
        ...['-p', String(target.pid), '--budget', '50%', '--rules', rules],
      );
      open.push(service.child);
      await until(async () => (await ends(service)) > 0);
      const before = await ends(service);
      clock.set(by);
      await until(async () => (await service.status()).notices.some(({ code }) => code === 'clock-set'));
      // Windows have the new time, and there is one after the other.
      const isNew = (end: number): boolean => Math.abs(end - (before + by / 1000)) < 1800;
      await until(async () => isNew(await ends(service)));
      const [first, counted] = [await ends(service), await assigns(service)];
      await until(async () => (await ends(service)) >= first + 3);
      expect(isNew(await ends(service))).toBe(true);
      expect(await assigns(service)).toBeGreaterThan(counted);
      // A rule whose condition has to last is judged by windows that came after.
      await until(
        async () => (await metric(service, /^mapaudit_findings_total\{[^}]*busy[^}]*\} (.*)$/m)) > 0,
      );
      expect(await service.end()).toBe(0);
      expect(service.said()).toContain('"code":"clock-set"');
    });
  },
);

const RULES = `version: 1
rules:
  - name: busy
    kind: rate
    op: assign
    above: 0.01
    window: 2s
    for: 12s
`;

const text = async ({ address }: Served): Promise<string> =>
  await (await reached(() => fetch(`${address}/metrics`))).text();

async function metric(service: Served, pattern: RegExp): Promise<number> {
  return Number(pattern.exec(await text(service))?.[1] ?? 0);
}

const ends = (service: Served): Promise<number> =>
  metric(service, /^mapaudit_window_end_timestamp_seconds (.*)$/m);

async function assigns(service: Served): Promise<number> {
  let sum = 0;
  for (const [, n] of (await text(service)).matchAll(/^map_assign_total\{[^}]*\} (.*)$/gm)) sum += Number(n);
  return sum;
}
