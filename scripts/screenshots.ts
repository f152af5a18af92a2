/** Pictures of the page for docs/screenshots: `npm run screenshots`. Looks at the shop of the tests, whose time stands still. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fakeShop } from '../test/web/fake_shop.ts';
import { EVICT, MAPS, PROCESS, SESSIONS } from '../test/web/shop_model.ts';
import { look, NARROW, openView, serve, startBrowser, WIDE } from '../test/web/served.ts';

const OUT = resolve(import.meta.dirname, '..', process.argv[2] ?? join('docs', 'screenshots'));
const IN_STORM = 'from=2026-03-01T11:52:00.000Z&to=2026-03-01T12:00:00.000Z';
const MAP = encodeURIComponent(MAPS[SESSIONS]?.map ?? '');
const TYPE = encodeURIComponent(SESSIONS);
const KEY = encodeURIComponent('"sess:eu-5e8b"');

const VIEWS = [
  ['overview', '#/overview?last=15m'],
  ['map', `#/map?last=15m&process=${PROCESS}&map=${MAP}&type=${TYPE}`],
  ['site', `#/site?last=15m&site=${EVICT.id}`],
  ['key', `#/key?last=15m&type=${TYPE}&key=${KEY}`],
  ['events', '#/live?last=15m'],
  ['compare', `#/compare?${IN_STORM}`],
  ['ask', '#/query?q=deletes+by+site+last+10m'],
] as const;

mkdirSync(OUT, { recursive: true });
const api = await serve(fakeShop());
const browser = await startBrowser();
const everything = process.argv[2] !== undefined;
for (const theme of ['light', 'dark'] as const)
  for (const [width, size] of [
    ['', WIDE],
    ['-narrow', NARROW],
  ] as const) {
    const context = await look(browser, { theme, size });
    for (const [name, fragment] of VIEWS) {
      // In the documentation each page once by day, and two of them otherwise.
      const isShown = (theme === 'light' && width === '') || ['overview', 'map'].includes(name);
      if (!everything && (!isShown || (theme === 'dark' && width !== ''))) continue;
      const page = await openView(context, api, fragment);
      await page.waitForTimeout(1200);
      const file = join(OUT, `${name}${width}${theme === 'dark' ? '-dark' : ''}.png`);
      await page.screenshot({ path: file, fullPage: name !== 'events', scale: 'css' });
      await page.close();
    }
    await context.close();
  }
await browser.close();
await api.close();
