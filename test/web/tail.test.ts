import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { RunningApi } from '../../src/api/index.ts';
import type { ApiLive } from '../../src/protocol/api.ts';
import { fakeShop } from './fake_shop.ts';
import { built, look, openView, serve, startBrowser } from './served.ts';
import { eventAt } from './shop_events.ts';
import { NOW } from './shop_model.ts';

let browser: Browser;
let api: RunningApi | undefined;

beforeAll(async () => {
  await built();
  browser = await startBrowser();
});
afterEach(() => api?.close());
afterAll(() => browser.close());

/** So many messages a second of 1,000 events each, until all are sent; then the stream stays open. */
async function* flood(messages: number, perSecond: number, signal: AbortSignal): AsyncGenerator<ApiLive> {
  for (let i = 0; i < messages && !signal.aborted; i++) {
    const events = Array.from({ length: 1000 }, (_, k) => eventAt(i * 1000 + k, NOW + i * 100));
    yield { type: 'events', events, skipped: i % 7 };
    await new Promise((resolve) => setTimeout(resolve, 1000 / perSecond));
  }
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

const count = async (page: Page, what: string): Promise<number> =>
  Number((await page.locator(`[data-count=${what}]`).innerText()).replaceAll(',', ''));

const skippedOf = (messages: number): number =>
  Array.from({ length: messages }, (_, i) => i % 7).reduce((sum, n) => sum + n, 0);

it('loses none of 10,000 events a second, and keeps only what can be seen in the page', async () => {
  api = await serve(fakeShop({ live: (signal) => flood(40, 10, signal) }));
  const context = await look(browser);
  const page = await openView(context, api, '#/live?last=15m');
  // Meanwhile the page still does what it is asked.
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => count(page, 'received'), { timeout: 60_000 }).toBe(40_000);
  await expect.poll(() => count(page, 'skipped')).toBe(skippedOf(40));
  const table = page.getByRole('table', { name: 'Events' });
  await expect.poll(() => table.getAttribute('aria-rowcount')).toBe('5001');
  expect(await page.locator('.tail-body .tail-row').count()).toBeLessThan(80);
  const newest = eventAt(39_999, NOW + 3900);
  // Rows are drawn after the numbers.
  await expect
    .poll(() => page.locator('.tail-body .tail-row').first().innerText())
    .toContain(newest.key?.text ?? newest.op);
  await context.close();
});

it('stands still while it is paused, counts on, and goes on with the newest', async () => {
  let send: (() => void) | undefined;
  const asked = new Promise<void>((resolve) => (send = resolve));
  api = await serve(
    fakeShop({
      live: async function* (signal) {
        yield { type: 'events', events: [eventAt(1, NOW), eventAt(2, NOW + 1)], skipped: 0 };
        await asked;
        yield { type: 'events', events: [eventAt(3, NOW + 2)], skipped: 5 };
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    }),
  );
  const context = await look(browser);
  const page = await openView(context, api, '#/live?last=15m');
  await expect.poll(() => count(page, 'received')).toBe(2);
  await page.locator('body').press('p');
  await page.getByRole('button', { name: 'Go on' }).waitFor();
  send?.();
  await page.getByText('1 newer are waiting').waitFor();
  await expect.poll(() => page.locator('.tail-body .tail-row').count()).toBe(2);
  await expect.poll(() => count(page, 'skipped')).toBe(5);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(() => page.locator('.tail-body .tail-row').count()).toBe(3);
  await context.close();
});

it('stands still for who has scrolled, and shows old rows by scrolling', async () => {
  api = await serve(fakeShop({ live: (signal) => flood(3, 100, signal) }));
  const context = await look(browser);
  const page = await openView(context, api, '#/live?last=15m');
  await expect.poll(() => count(page, 'received')).toBe(3000);
  await page.locator('.tail-scroll').hover();
  // A turn of the wheel goes as far as there are rows by then, which are drawn after the number.
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, 1_000_000);
      return page.locator('.tail-body .tail-row').last().getAttribute('aria-rowindex');
    })
    .toBe('3001');
  await page.getByText('Standing still').waitFor();
  await page.getByRole('button', { name: 'To the newest' }).click();
  await expect
    .poll(() => page.locator('.tail-body .tail-row').first().getAttribute('aria-rowindex'))
    .toBe('2');
  await context.close();
});
