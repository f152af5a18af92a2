import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type RunningApi, startApi } from '../../src/api/index.ts';
import type { ApiQuestions } from '../../src/protocol/api.ts';
import { fakeShop } from './fake_shop.ts';

const ROOT = join(import.meta.dirname, '..', '..');
export const TOKEN = 'a-token-for-tests';

/** The page as it is now; nothing to do where that was built already. */
export async function built(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts', 'build.mjs')]);
}

/** The service's own server with the page that was built, and answers of a fake. */
export function serve(questions: ApiQuestions = fakeShop(), port = 0): Promise<RunningApi> {
  return startApi({
    questions,
    webRoot: join(ROOT, 'dist', 'web'),
    listen: { host: '127.0.0.1', port },
    token: TOKEN,
    version: '0.1.0',
  });
}

/** Debian's browser; npm brings none. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none'],
  });
}

export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 390, height: 844 };

export interface Looking {
  readonly theme?: 'light' | 'dark';
  readonly size?: { readonly width: number; readonly height: number };
}

/** A window of its own, in a place where it is always the same time. */
export async function look(
  browser: Browser,
  { theme = 'light', size = WIDE }: Looking = {},
): Promise<BrowserContext> {
  return browser.newContext({
    viewport: size,
    colorScheme: theme,
    timezoneId: 'UTC',
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
}

/** The page at a view, with the token, when all that it asked for is there. */
export async function openView(context: BrowserContext, api: RunningApi, fragment: string): Promise<Page> {
  const page = await context.newPage();
  const separator = fragment.includes('?') ? '&' : '?';
  await page.goto(`${api.address}/${fragment}${separator}token=${TOKEN}`);
  await settled(page);
  return page;
}

/** Nothing is waited for any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main').waitFor();
  await page.locator('.waiting').waitFor({ state: 'detached' });
}
