import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RunningApi } from '../../src/api/index.ts';
import type { ApiEvent, ApiLive, ApiQuestions } from '../../src/protocol/api.ts';
import { fakeShop } from './fake_shop.ts';
import { built, look, openView, serve, startBrowser, TOKEN } from './served.ts';
import { eventAt } from './shop_events.ts';
import { NOW } from './shop_model.ts';

let browser: Browser;
let context: BrowserContext;
let api: RunningApi | undefined;

beforeAll(async () => {
  await built();
  browser = await startBrowser();
});
beforeEach(async () => {
  context = await look(browser);
});
afterEach(async () => {
  await context.close();
  await api?.close();
});
afterAll(() => browser.close());

it('asks for the token where there is none, and goes on with it', async () => {
  api = await serve();
  const page = await context.newPage();
  await page.goto(`${api.address}/#/overview?last=1h`);
  await page.getByRole('heading', { name: 'This page needs its token' }).waitFor();
  await page.getByLabel('Address or token').fill('wrong');
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByText('the token is wrong').waitFor();
  await page.getByLabel('Address or token').fill(`${api.address}/?token=${TOKEN}`);
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByRole('heading', { name: 'Busiest lines' }).waitFor();
  await expect.poll(() => page.url()).toBe(`${api.address}/#/overview?last=1h`);
});

it('says that the server has gone, what to type, and goes on when it is back', async () => {
  api = await serve();
  const port = Number(new URL(api.address).port);
  const page = await openView(context, api, '#/overview?last=15m');
  await page.getByRole('heading', { name: 'Busiest lines' }).waitFor();
  await api.close();
  await page.getByText('mapaudit serve does not answer').first().waitFor();
  await page.getByText('sudo mapaudit serve').first().waitFor();
  // What was known stays to be read.
  await expect.poll(() => page.getByRole('heading', { name: 'Busiest lines' }).count()).toBe(1);
  api = await serve(fakeShop(), port);
  await page
    .getByText('mapaudit serve does not answer')
    .first()
    .waitFor({ state: 'detached', timeout: 40_000 });
});

it('says how many processes are still to be looked at', async () => {
  api = await serve(fakeShop({ status: { to_come: 12 } }));
  const page = await openView(context, api, '#/overview?last=15m');
  await page.getByText('12 processes still to be looked at').waitFor();
});

it('says what to do where nothing was recorded', async () => {
  api = await serve(fakeShop({ empty: true, status: { processes: [], cost: [], events: 0 } }));
  const page = await openView(context, api, '#/overview?last=15m');
  await page.getByText('Nothing was recorded in this time').waitFor();
  await page.getByText('mapaudit ps').first().waitFor();
  await page.getByText('No rule found anything').waitFor();
  await page.goto(`${api.address}/#/map?map=0xc000123450&process=4242-1&last=15m`);
  await page.getByText('Nobody has looked at its size').waitFor();
  await page.getByRole('alert').getByText('the process has ended').waitFor();
  await page.goto(`${api.address}/#/key?key=%22x%22&last=15m`);
  await page.getByText('sudo mapaudit who -p PID --map MAP --key \'"x"\'').waitFor();
  await page.goto(`${api.address}/#/site?last=15m`);
  await page.getByText('This address names no line').waitFor();
});

it('shows on every page what is sampled, lowered and lost', async () => {
  const status = {
    lost: { ring_full: 1234, output_slow: 6, sinks: [{ sink: 'store', dropped: 6 }] },
    cost: [
      {
        process: '4242-1772362700000',
        share: 0.012,
        budget: 0.01,
        sampled_every: 16,
        keys: false,
        reads: false,
        ring_fill: 0.9,
      },
    ],
    store: { bytes: 1, trouble: 'no space left on the disk' },
  };
  api = await serve(fakeShop({ status, sampledEvery: 16, live: (signal) => quiet(signal) }));
  const page = await openView(context, api, '#/overview?last=15m');
  const strip = page.getByRole('region', { name: 'What the numbers are of' });
  for (const text of [
    '1,240 lost (1,234 ring full, 6 output slow)',
    '1 event in 16 kept',
    'no keys',
    'reads not counted',
    'cost 1.2 % of 1.0 %',
    'no space left on the disk',
  ])
    await expect.poll(() => strip.innerText()).toContain(text);
  await page.getByText(/left out by sampling/).waitFor();
  await page.goto(`${api.address}/#/key?key=%22sess%3Aeu-5e8b%22&last=15m`);
  await page.getByText(/In parts of this time only one event in 16 was kept/).waitFor();
});

const EVIL = `<img src=x onerror="document.title='owned'"><b>bold</b>\u202eright\u0000\u001b[31m\u200b\n'`;
const SHOWN = String.raw`<img src=x onerror="document.title='owned'"><b>bold</b>\u202eright\x00\x1b[31m\u200b\n'`;

it('shows names and keys as text, whatever they look like', async () => {
  api = await serve(evil(fakeShop()));
  const page = await openView(context, api, '#/overview?last=15m');
  await page.getByText(SHOWN).first().waitFor();
  for (const view of [
    'site?site=e1e1e1e1e1e1e1e1',
    'map?type=x',
    `key?key=${encodeURIComponent(EVIL)}`,
    'live?last=15m',
    'compare?by=map_type',
    'query?q=deletes+by+site',
  ]) {
    await page.goto(`${api.address}/#/${view}`);
    await page.getByText(SHOWN).first().waitFor();
    expect(await page.locator('img, b, main script').count()).toBe(0);
    expect(await page.evaluate('document.body.innerText')).not.toMatch(/[\u202e\u0000\u001b\u200b]/);
    expect(await page.title()).not.toBe('owned');
  }
});

async function* quiet(signal: AbortSignal): AsyncGenerator<ApiLive> {
  yield { type: 'window', start: NOW, length_ms: 1000, counts: [] };
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

/** Every text of every answer that comes from a program is the evil one. */
function evil(shop: ApiQuestions): ApiQuestions {
  const keep = new Set([
    'type',
    'op',
    'id',
    'process',
    'time',
    'severity',
    'state',
    'kind',
    'map',
    'file',
    'hash',
  ]);
  const turn = (value: unknown, name: string): unknown => {
    if (typeof value === 'string') return keep.has(name) ? value : EVIL;
    if (Array.isArray(value)) return value.map((one) => turn(one, name));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([field, one]) => [field, turn(one, field)]));
  };
  const turned = <T>(answer: Promise<T>): Promise<T> => answer.then((value) => turn(value, '') as T);
  const event = (): ApiEvent => ({ ...(turn(eventAt(4, NOW), '') as ApiEvent), map: { type: EVIL } });
  return {
    ...shop,
    overview: (slice) => turned(shop.overview(slice)),
    rates: (slice, by, step, limit) => turned(shop.rates(slice, by, step, limit)),
    map: (slice) => turned(shop.map({ from: slice.from, to: slice.to })),
    site: (slice) => turned(shop.site(slice)),
    key: (slice, key, limit) => turned(shop.key(slice, key, limit)),
    query: (text) => turned(shop.query(text)),
    live: async function* (_, want, signal) {
      if (want.events) yield { type: 'events', events: [event()], skipped: 0 };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
}
