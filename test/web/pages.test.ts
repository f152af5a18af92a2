import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningApi } from '../../src/api/index.ts';
import { built, look, NARROW, openView, serve, startBrowser } from './served.ts';
import { VIEWS } from './views.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

let browser: Browser;
let api: RunningApi;

beforeAll(async () => {
  await built();
  browser = await startBrowser();
  api = await serve();
});

afterAll(async () => {
  await browser.close();
  await api.close();
});

describe.each(VIEWS)('$name', ({ fragment, shows }) => {
  it.each(['light', 'dark'] as const)(
    'is readable for all in the %s theme, and asks nobody else',
    async (theme) => {
      const context = await look(browser, { theme });
      const asked: string[] = [];
      const complaints: string[] = [];
      context.on('request', (request) => asked.push(new URL(request.url()).origin));
      context.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      context.on('weberror', (error) => complaints.push(error.error().message));
      const page = await openView(context, api, fragment);
      await page.getByText(shows).first().waitFor();
      await page.evaluate(AXE);
      const violations: Violation[] = await page.evaluate('axe.run().then((result) => result.violations)');
      expect(
        violations.map(
          ({ id, nodes }) =>
            `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')} ${nodes[0]?.failureSummary}`,
        ),
      ).toEqual([]);
      expect(complaints).toEqual([]);
      expect([...new Set(asked)]).toEqual([api.address]);
      await context.close();
    },
  );

  it('fits 390 pixels', async () => {
    const context = await look(browser, { size: NARROW });
    const page = await openView(context, api, fragment);
    await page.getByText(shows).first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await context.close();
  });
});

it('keeps no token in the address, and names each page', async () => {
  const context = await look(browser);
  const page = await openView(context, api, '#/overview?last=1h');
  await expect.poll(() => page.url()).toBe(`${api.address}/#/overview?last=1h`);
  await expect.poll(() => page.title()).toBe('Overview · mapaudit');
  await context.close();
});
