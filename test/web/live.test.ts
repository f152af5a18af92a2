import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ApiOverview } from '../../src/protocol/api.ts';
import { busyTarget, inFolder, MAPAUDIT } from '../agent/support.ts';
import { background, waitingLedger } from '../evidence/recorded.ts';
import { reached, serve, type Served, serveRecording, until } from '../serve/served.ts';
import { built, look, settled, startBrowser } from './served.ts';

let browser: Browser;
let context: BrowserContext;
let open: { readonly kill: (signal: NodeJS.Signals) => boolean }[] = [];

beforeAll(async () => {
  await built();
  browser = await startBrowser();
});
beforeEach(async () => {
  context = await look(browser);
});
afterEach(async () => {
  await context.close();
  for (const child of open) child.kill('SIGKILL');
  open = [];
});
afterAll(() => browser.close());

async function openAt({ address, token }: Served, fragment: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${address}/${fragment}${fragment.includes('?') ? '&' : '?'}token=${token}`);
  await settled(page);
  return page;
}

const numberIn = (text: string): number => Number((/[\d,]+/.exec(text)?.[0] ?? '').replaceAll(',', ''));
/** What the overview says of its time: "12,345 in this time, exact". */
const total = (page: Page): Promise<string> =>
  page.getByRole('region', { name: 'Operations per second' }).locator('.panel-head .note').innerText();
const rowsOf = (page: Page, region: string): ReturnType<Page['locator']> =>
  page.getByRole('region', { name: region }).locator('tbody tr');
const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

it('shows what a program does as it does it: numbers, lines of its source, its maps and their keys', async () => {
  const target = busyTarget();
  open.push(target);
  const service = await serve('-p', String(target.pid), '--budget', '50%');
  open.push(service.child);
  await until(async () => sumOf(await service.totals()) > 5000);
  // When this time is over, its numbers stand still.
  const to = Math.floor(Date.now() / 1000) * 1000;
  const from = to - 60_000;
  await until(() => Promise.resolve(Date.now() > to + 5000));
  // A busy machine may be later than that.
  await until(async () => {
    const metrics = await (await reached(() => fetch(`${service.address}/metrics`))).text();
    const end = /^mapaudit_window_end_timestamp_seconds (.*)$/m.exec(metrics)?.[1];
    return Number(end ?? 0) > to / 1000 + 2;
  });
  const asked = (await service.get(`/api/v1/overview?from=${from}&to=${to}`)) as ApiOverview;
  const page = await openAt(
    service,
    `#/overview?from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`,
  );
  await expect.poll(() => total(page)).toContain('exact');
  expect(numberIn(await total(page))).toBe(asked.rates.series.reduce((sum, one) => sum + one.total, 0));

  await rowsOf(page, 'Busiest lines').first().getByRole('link').first().click();
  await page.locator('.source .here').waitFor();
  await rowsOf(page, 'Maps').first().getByRole('link').first().click();
  await page.getByRole('region', { name: 'Keys' }).waitFor();
  await rowsOf(page, 'Keys').first().getByRole('link').first().click();
  await expect.poll(() => page.locator('.life circle').count()).toBeGreaterThan(0);

  await page.goto(`${service.address}/#/live?last=5m`);
  const received = async (): Promise<number> =>
    numberIn(await page.locator('[data-count=received]').innerText());
  await expect.poll(received).toBeGreaterThan(0);
  const before = await received();
  await expect.poll(received).toBeGreaterThan(before);
  await page.goto(`${service.address}/#/map?map=0xdead&last=5m`);
  await page.getByText('Nothing of this map was recorded in this time').waitFor();
  // Nothing was recorded then, which is not the same as nothing happened.
  const never = await openAt(service, '#/overview?from=2020-01-01T00:00:00Z&to=2020-01-01T01:00:00Z');
  await never.getByText('Nothing was recorded in this time').waitFor();
  expect(await never.locator('main').innerText()).not.toMatch(/exact|Every operation/);
  expect(await service.end()).toBe(0);
});

it('shows a recording: all of its time, and what its summary counts', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'a.mapaudit');
    const target = await waitingLedger(join(folder, 'l.tsv'), '-ops', '20000', '-rate', '10000');
    open.push(target.program);
    const recorder = background('record', '-p', target.pid, '--ring', '16M', '--json', '-o', file);
    open.push(recorder.child);
    await recorder.attached();
    await target.work();
    target.end();
    expect(await recorder.ended()).toBe(0);
    const replayed = spawnSync(process.execPath, [MAPAUDIT, 'replay', file, 'top', '--once', '--json'], {
      encoding: 'utf8',
    });
    const counted = replayed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; by_op?: Record<string, { events: number }> })
      .find(({ type }) => type === 'summary');
    const summary = Object.values(counted?.by_op ?? {}).reduce((sum, { events }) => sum + events, 0);
    expect(summary).toBeGreaterThan(20_000);

    const service = await serveRecording(file);
    open.push(service.child);
    await until(async () => (await service.status()).recording?.whole === true);
    const page = await openAt(service, '#/overview');
    await page
      .getByText(/recording .*a\.mapaudit/)
      .first()
      .waitFor();
    await expect.poll(async () => numberIn(await total(page))).toBe(summary);
    await rowsOf(page, 'Busiest lines').first().getByRole('link').first().click();
    await page.getByRole('region', { name: 'Operations per second' }).waitFor();
    expect(await service.end()).toBe(0);
  });
});
