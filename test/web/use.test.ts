import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RunningApi } from '../../src/api/index.ts';
import { built, look, openView, serve, settled, startBrowser } from './served.ts';
import { EVICT } from './shop_model.ts';
import { IN_STORM } from './views.ts';

let browser: Browser;
let api: RunningApi;
let context: BrowserContext;

beforeAll(async () => {
  await built();
  browser = await startBrowser();
  api = await serve();
});
beforeEach(async () => {
  context = await look(browser);
});
afterEach(() => context.close());
afterAll(async () => {
  await browser.close();
  await api.close();
});

const view = (page: Page): URLSearchParams => new URLSearchParams(new URL(page.url()).hash.split('?')[1]);
const pageOf = (page: Page): string | undefined => /^#\/(\w+)/.exec(new URL(page.url()).hash)?.[1];
/** The numbers of the busiest lines. */
const lines = (page: Page): Promise<string[]> =>
  page.getByRole('region', { name: 'Busiest lines' }).locator('tbody tr').allInnerTexts();

it('goes from the overview to a line, its map and a key, and back', async () => {
  const page = await openView(context, api, '#/overview?last=15m');
  await page
    .getByRole('region', { name: 'Busiest lines' })
    .getByRole('link', { name: 'shop.(*Cache).evict' })
    .click();
  await page.getByRole('heading', { level: 1, name: 'shop.(*Cache).evict' }).waitFor();
  expect(await page.locator('.source .here').innerText()).toContain('delete(c.sessions, id)');
  await expect.poll(() => page.locator('.flame g.frame').count()).toBeGreaterThan(5);
  await page.getByRole('region', { name: 'Maps' }).getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: '(*shop.Cache).sessions' }).waitFor();
  await page.getByRole('img', { name: /in 4,096 slots/ }).waitFor();
  await page.getByRole('region', { name: 'Keys' }).getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: '"sess:eu-' }).waitFor();
  await expect.poll(() => page.locator('.life circle').count()).toBe(13);
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: '(*shop.Cache).sessions' }).waitFor();
});

it('shows another the same by its address', async () => {
  const page = await openView(context, api, `#/overview?${IN_STORM}&op=delete`);
  await expect.poll(() => lines(page)).not.toEqual([]);
  const seen = await lines(page);
  expect(seen[0]).toContain('cache.go:82');
  expect(seen.join()).not.toContain('access');
  const other = await look(browser, { theme: 'dark' });
  // Whoever has the token has it from elsewhere: the link has none.
  const there = await openView(other, api, new URL(page.url()).hash);
  await expect.poll(() => lines(there)).toEqual(seen);
  await other.close();
});

it('looks closer where a chart was dragged over, in every panel', async () => {
  const page = await openView(context, api, `#/overview?${IN_STORM}`);
  await expect.poll(() => lines(page)).not.toEqual([]);
  const before = await lines(page);
  const box = await page.locator('.u-over').first().boundingBox();
  expect(box).not.toBeNull();
  if (box === null) return;
  await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await page.getByRole('button', { name: 'go live' }).waitFor();
  const span = Date.parse(view(page).get('to') ?? '') - Date.parse(view(page).get('from') ?? '');
  // A fifth of eight minutes, to a pixel or two.
  expect(Math.abs(span - 96_000)).toBeLessThan(3000);
  await settled(page);
  await expect.poll(() => lines(page)).not.toEqual(before);
  await page.goBack();
  await expect.poll(() => lines(page)).toEqual(before);
});

it('moves in time and between pages by single keys, and shows them', async () => {
  const page = await openView(context, api, `#/overview?${IN_STORM}`);
  await page.keyboard.press('[');
  await expect.poll(() => view(page).get('to')).toBe('2026-03-01T11:56:00.000Z');
  await page.keyboard.press('+');
  await expect.poll(() => view(page).get('from')).toBe('2026-03-01T11:50:00.000Z');
  await page.keyboard.press('-');
  await page.keyboard.press('.');
  await expect.poll(() => view(page).get('last')).toBe('15m');
  for (const [key, name] of [
    ['e', 'live'],
    ['c', 'compare'],
    ['a', 'query'],
    ['o', 'overview'],
  ] as const) {
    await page.keyboard.press(key);
    await expect.poll(() => pageOf(page)).toBe(name);
  }
  await page.keyboard.press('e');
  await page.getByRole('heading', { name: 'As they happen' }).waitFor();
  await page.keyboard.press('/');
  await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('first-filter');
  // What is typed is no shortcut.
  await page.keyboard.type('o?');
  expect(pageOf(page)).toBe('live');
  await page.locator('#first-filter').blur();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys and what is what' }).waitFor();
  await page.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.keyboard.press('o');
  expect(pageOf(page)).toBe('live');
});

it('takes keys that follow upon each other sooner than a picture is drawn', async () => {
  const page = await openView(context, api, `#/overview?${IN_STORM}`);
  await page.evaluate(`for (const key of ['.', 'e'])
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))`);
  // The browser tells of a new address after it has answered.
  await expect.poll(() => pageOf(page)).toBe('live');
  await expect.poll(() => view(page).get('last')).toBe('15m');
});

it('can be used with the tabulator alone', async () => {
  const page = await openView(context, api, '#/overview?last=15m');
  await page.keyboard.press('Tab');
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('To the content');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('main');
  await expect.poll(() => pageOf(page)).toBe('overview');
  await page.keyboard.press('Tab');
  const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
  expect(outline).not.toBe('none');
});

it('has the numbers of a chart as a table', async () => {
  const page = await openView(context, api, `#/overview?${IN_STORM}&op=clear`);
  await page.getByText('As a table').first().click();
  const rows = page.getByRole('group', { name: /as a table/ }).locator('tbody tr');
  await expect.poll(() => rows.count()).toBe(200);
  expect(await rows.first().locator('th').innerText()).toMatch(/^2026-03-01 11:59:5/);
});

it('is dark where that is wanted, and stays so', async () => {
  const page = await openView(context, api, '#/overview?last=15m');
  const background = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
  expect(await background()).toBe('rgb(246, 246, 243)');
  await page.keyboard.press('t');
  expect(await background()).toBe('rgb(246, 246, 243)');
  await page.keyboard.press('t');
  await expect.poll(background).toBe('rgb(16, 18, 20)');
  await page.reload();
  await settled(page);
  await expect.poll(background).toBe('rgb(16, 18, 20)');
});

it('compares two ranges, row by row and as curves', async () => {
  const page = await openView(context, api, `#/compare?${IN_STORM}`);
  const rows = page.getByRole('region', { name: 'What changed' }).locator('tbody tr');
  await expect.poll(() => rows.first().innerText()).toMatch(/cache\.go:82/);
  const first = await rows.first().innerText();
  expect(first).toMatch(/×5\d/);
  await rows
    .first()
    .getByRole('link', { name: /chart of/ })
    .click();
  await expect.poll(() => view(page).get('pick')).toBe(EVICT.id);
  const chart = page.getByRole('img', { name: /before and after/ });
  await expect
    .poll(() => chart.getAttribute('aria-label'))
    .toMatch(/before: highest 2\d(\.\d)?\/s.*after: highest 2,\d{3}\/s/);
  await page.getByRole('button', { name: 'Operation', exact: true }).click();
  await expect.poll(() => rows.count()).toBe(6);
});

it('narrows kept events by map, line, key and goroutine', async () => {
  const page = await openView(context, api, `#/live?${IN_STORM}`);
  await page.getByRole('textbox', { name: 'Key' }).fill('sess:*');
  await page.getByRole('textbox', { name: 'Line' }).fill('cache\\.go:82');
  await page.keyboard.press('Enter');
  await page.getByText(/\d shown/).waitFor();
  await expect.poll(() => view(page).get('site_re')).toBe('cache\\.go:82');
  const texts = (): Promise<string[]> => page.locator('.tail-body .tail-row').allInnerTexts();
  // Until they have come, what was asked before is shown.
  const others = async (): Promise<string[]> =>
    (await texts()).filter((text) => !/"sess:[\s\S]*cache\.go:82/.test(text));
  await expect.poll(async () => [(await texts()).length > 3, await others()]).toEqual([true, []]);
  await page.getByRole('textbox', { name: 'Map' }).fill('(');
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').innerText()).toMatch(/Map is no pattern/);
});

it('asks in words, and says what a question may be', async () => {
  const page = await openView(context, api, '#/query');
  await page.getByLabel('Question').fill('deletes by site last 10m');
  await page.keyboard.press('Enter');
  await page.getByText('and 3 more').waitFor();
  expect(await page.getByText('Not counted').count()).toBe(0);
  await page.getByLabel('Question').fill('operations by process');
  await page.keyboard.press('Enter');
  await page
    .getByText(/^Not counted, to keep to the budget: reads of shop-1 for 32 s\. Counts are/)
    .waitFor();
  await page.getByLabel('Question').fill('what?');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('bad-question').waitFor();
  expect(await page.getByRole('alert').locator('.command').innerText()).toContain(
    "mapaudit query 'deletes by site last 10m'",
  );
});

it('says what of a link it could not follow, until the next step', async () => {
  const page = await openView(context, api, '#/nope?last=abc&op=<img src=x>');
  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await alert.innerText()).toMatch(/^Not understood in the address: nope, last=abc, op=<img src=x>\./);
  await page.keyboard.press('c');
  await alert.waitFor({ state: 'detached' });
});
