/** Pictures of the page for docs/screenshots: `npm run screenshots`. Looks at the shop of the tests, whose time stands still. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fakeShop } from '../test/web/fake_shop.ts';
import { look, NARROW, openView, serve, startBrowser, WIDE } from '../test/web/served.ts';
import { VIEWS } from '../test/web/views.ts';

const OUT = resolve(import.meta.dirname, '..', process.argv[2] ?? join('docs', 'screenshots'));
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
    for (const { name, fragment } of VIEWS) {
      if (name === 'kept-events') continue;
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
