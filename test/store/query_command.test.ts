import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedQuery } from '../../src/agent/stored_query.ts';
import { keptQuestions } from '../../src/query/stored/index.ts';
import { isMapauditError } from '../../src/base/errors.ts';
import { openStore } from '../../src/store/index.ts';
import { tableText } from '../../src/cli/format/table_text.ts';
import { styleOf } from '../../src/cli/output/style.ts';
import { queryOptionsOf } from '../../src/cli/options/query_options.ts';
import { misfit } from '../cli/schemas.ts';
import { table as sample } from '../cli/samples_evidence.ts';
import { count, EVICT, folder, window } from './feed.ts';

const place = folder();
const path = place.path('s.duckdb');
const now = Math.floor(Date.now() / 1000) * 1000;
let server: Server;
let url = '';
beforeAll(async () => {
  const store = await openStore({ path, upkeepMs: 0 });
  await store.take([window(now - 5000, [count('delete', 12)])]);
  await store.close();
  const memory = await openStore({ memory: true, upkeepMs: 0 });
  await memory.take([window(now - 5000, [count('delete', 99)])]);
  server = createServer((request, response) => {
    void answer(request, keptQuestions(memory)).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  place.remove();
});

/** What serve does with a request, as far as query needs it. */
async function answer(
  request: IncomingMessage,
  kept: ReturnType<typeof keptQuestions>,
): Promise<{ status: number; body: unknown }> {
  if (request.headers.authorization !== 'Bearer s3cret') return { status: 401, body: {} };
  const address = new URL(request.url ?? '/', 'http://x');
  try {
    if (request.method === 'GET' && address.pathname === '/api/v1/query')
      return { status: 200, body: await kept.query(address.searchParams.get('q') ?? '') };
    if (request.method === 'POST' && address.pathname === '/api/v1/sql') {
      let text = '';
      for await (const part of request) text += String(part);
      return { status: 200, body: await kept.sql((JSON.parse(text) as { sql: string }).sql) };
    }
  } catch (error) {
    if (isMapauditError(error))
      return {
        status: 400,
        body: { type: 'error', code: error.code, message: error.message, hint: error.hint },
      };
  }
  return { status: 404, body: 'nothing' };
}

describe('query', () => {
  it('asks a file, in words and with SQL', async () => {
    const table = await storedQuery({ ask: { text: 'deletes by site' }, of: { store: path } });
    expect(table.rows).toEqual([[EVICT.function, EVICT.file, 88, 12, 12]]);
    expect(misfit(table)).toBeUndefined();
    const sql = await storedQuery({
      ask: { sql: 'SELECT sum(count) AS n FROM operations_by_hour' },
      of: { store: path },
    });
    expect([sql.columns, sql.rows]).toEqual([[{ name: 'n', kind: 'number' }], [[12]]]);
  });

  it('asks a running service', async () => {
    const of = { url, token: 's3cret' };
    expect((await storedQuery({ ask: { text: 'deletes' }, of })).rows[0]?.[0]).toBe(99);
    expect((await storedQuery({ ask: { sql: 'SELECT 1 AS a' }, of })).rows).toEqual([[1]]);
    await expect(storedQuery({ ask: { text: 'delets' }, of })).rejects.toMatchObject({
      code: 'usage-query',
      hint: 'Did you mean deletes?',
    });
    await expect(storedQuery({ ask: { text: 'deletes' }, of: { url } })).rejects.toMatchObject({
      code: 'token',
    });
    await expect(
      storedQuery({ ask: { text: 'x' }, of: { url: `${url}/other`, token: 's3cret' } }),
    ).rejects.toMatchObject({ code: 'service-answer' });
    await expect(
      storedQuery({ ask: { text: 'x' }, of: { url: 'http://127.0.0.1:1' } }),
    ).rejects.toMatchObject({ code: 'service-unreachable' });
  });

  it('a file that a running process holds: who, and what to type', async () => {
    const holder = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        '-e',
        `import('${fileURLToPath(new URL('../../src/store/index.ts', import.meta.url))}').then(({ openStore }) => openStore({ path: ${JSON.stringify(path)}, upkeepMs: 0 })).then(() => { console.log('open'); setInterval(() => {}, 1000); })`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      await new Promise((resolve) => holder.stdout.once('data', resolve));
      await expect(storedQuery({ ask: { text: 'deletes' }, of: { store: path } })).rejects.toMatchObject({
        code: 'store-locked',
        message: expect.stringContaining(`process ${holder.pid ?? 0}`) as string,
        hint: expect.stringContaining('mapaudit query --url http://127.0.0.1:7777 --token') as string,
        fields: { pid: holder.pid },
      });
    } finally {
      holder.kill('SIGKILL');
    }
  });

  it('a file that is not there, or is no store', async () => {
    await expect(
      storedQuery({ ask: { text: 'deletes' }, of: { store: place.path('none') } }),
    ).rejects.toMatchObject({ code: 'no-such-file' });
    await expect(
      storedQuery({ ask: { text: 'deletes' }, of: { store: fileURLToPath(import.meta.url) } }),
    ).rejects.toMatchObject({ code: 'not-a-store' });
  });
});

it('a table as text, without anything that steers', () => {
  expect(tableText(sample, styleOf(false))).toEqual([
    'MINUTE                SITE                 COUNT  KNOWN',
    '2026-03-01 12:00:00Z  shop.(*Cache).evict  1,200  true',
    '2026-03-01 12:01:00Z  evil\\x1b[2J              -  false',
    '',
    '… and 3 rows more: top N or LIMIT N shows them.',
    '',
    'Not counted, to keep to the budget: reads of shop-1 for 1.5 s. Counts are of the rest, rates over it.',
  ]);
});

describe('flags of query', () => {
  it.each([
    [undefined, {}, 'usage-no-question'],
    ['deletes', {}, 'usage-no-store'],
    ['deletes', { sql: 'SELECT 1', store: 'x' }, 'usage-contradiction'],
    ['deletes', { url: 'http://x', store: 'x' }, 'usage-contradiction'],
    ['deletes', { token: 't', store: 'x' }, 'usage-contradiction'],
    ['deletes', { url: 'file:///etc/passwd' }, 'usage-url'],
  ] as const)('%s %j', (text, values, code) => {
    expect(() => queryOptionsOf(text, values, {})).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('the token may come from the environment', () => {
    expect(queryOptionsOf('deletes', { url: 'http://127.0.0.1:7777/' }, { MAPAUDIT_TOKEN: 'abc' })).toEqual({
      ask: { text: 'deletes' },
      of: { url: 'http://127.0.0.1:7777', token: 'abc' },
    });
  });
});
