import { request as httpRequest } from 'node:http';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, expect, test } from 'vitest';
import { MapauditError } from '../../src/base/errors.ts';
import type { ApiLive, ApiQuestions, ApiSlice } from '../../src/protocol/api.ts';
import { type RunningApi, startApi, type ApiOptions } from '../../src/api/index.ts';
import { openApi } from '../../src/api/open_api.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { sampleAnswers } from '../../src/api/testing.ts';

let api: RunningApi;
afterEach(() => api.close());

async function start(over: Partial<ApiQuestions> = {}, options: Partial<ApiOptions> = {}): Promise<void> {
  api = await startApi({
    questions: sampleAnswers(over),
    listen: { host: '127.0.0.1', port: 0 },
    version: '0.1.0',
    ...options,
  });
}

const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(api.address + path, {
    redirect: 'manual',
    ...init,
    headers: { authorization: `Bearer ${api.token}`, ...(init.headers as Record<string, string>) },
  });

/** fetch sets Host by itself, and tidies paths. */
function raw(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(api.address);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', reject).end();
  });
}

const bearer = (): Record<string, string> => ({ authorization: `Bearer ${api.token}` });

const ADDRESSES: Readonly<Record<string, string>> = {
  '/map': '/map?map_type=map%5Bstring%5Dint',
  '/layout': '/layout?process=1-2&map=0xc000123450',
  '/site': '/site?site=00ff00ff00ff00ff',
  '/key': '/key?key=%22a%22',
  '/query': '/query?q=deletes',
};

test('every address answers what the published document says', async () => {
  await start();
  const document = (await (await get('/api/v1/openapi.json')).json()) as ReturnType<typeof openApi>;
  expect(document).toEqual(openApi('0.1.0'));
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true });
  ajv.addVocabulary(['openapi', 'info', 'jsonSchemaDialect', 'security', 'paths', 'components']);
  ajv.addSchema(document, 'api');
  const check = (name: string, value: unknown): void => {
    const fits = ajv.validate({ $ref: `api#/components/schemas/${name}` }, value);
    expect(fits, `${name}: ${ajv.errorsText()}`).toBe(true);
  };
  for (const { method, path, answers, how } of ROUTES) {
    const body =
      method === 'POST'
        ? { method, body: '{"sql":"SELECT 1"}', headers: { 'content-type': 'application/json' } }
        : {};
    const response = await get(`/api/v1${ADDRESSES[path] ?? path}`, body);
    expect(response.status, path).toBe(200);
    if (how.type === 'json') {
      expect(response.headers.get('cache-control')).toBe('no-store');
      check(answers, await response.json());
      continue;
    }
    const messages = (await response.text()).split('\n').filter((line) => line.startsWith('data: '));
    expect(messages).toHaveLength(5);
    for (const line of messages) check(answers, JSON.parse(line.slice(6)));
  }
  check('Error', await (await get('/api/v1/rates?step=1')).json());
});

test('without the token nothing is said, and the page gives it to a cookie', async () => {
  await start();
  expect((await fetch(`${api.address}/api/v1/status`)).status).toBe(401);
  expect((await get('/api/v1/status', { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
  expect((await fetch(`${api.address}/?token=wrong`, { redirect: 'manual' })).status).toBe(401);
  expect((await fetch(`${api.address}/healthz`)).status).toBe(200);
  const welcome = await fetch(`${api.page}&from=5`, { redirect: 'manual' });
  expect([welcome.status, welcome.headers.get('location')]).toEqual([303, '/?from=5']);
  const cookie = welcome.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict$/);
  const asked = await fetch(`${api.address}/api/v1/status`, {
    headers: { cookie: cookie.split(';')[0] ?? '' },
  });
  expect(asked.status).toBe(200);
  expect(asked.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(asked.headers.get('access-control-allow-origin')).toBeNull();
});

test('a name that somebody else may give away is refused, whatever the token', async () => {
  await start();
  const { port } = new URL(api.address);
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1:1', 'localhost.evil.example']) {
    const { status, body } = await raw('/api/v1/status', { ...bearer(), host });
    expect([status, JSON.parse(body)], host).toMatchObject([403, { code: 'wrong-host' }]);
  }
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`])
    expect((await raw('/api/v1/status', { ...bearer(), host })).status, host).toBe(200);
  expect((await raw('/', { host: 'evil.example' })).status).toBe(403);
});

test('a page of another origin gets nothing', async () => {
  await start();
  const post = { method: 'POST', body: 'SELECT 1' };
  const foreign = { origin: 'http://evil.example', 'content-type': 'text/plain' };
  expect((await get('/api/v1/sql', { ...post, headers: foreign })).status).toBe(403);
  expect((await get('/api/v1/live', { headers: { origin: 'null' } })).status).toBe(403);
  expect((await get('/api/v1/live', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  expect((await get('/api/v1/status', { headers: { origin: api.address } })).status).toBe(200);
});

test.each([
  ['/rates?step=999', 'step'],
  ['/rates?from=0&to=99999999999&step=1000', 'step'],
  ['/rates?by=color', 'by'],
  ['/overview?from=5&to=5', 'from'],
  ['/overview?from=yesterday', 'from'],
  ['/overview?op=remove', 'op'],
  ['/overview?op=delete&op=assign', 'op'],
  ['/overview?process=1%3B2', 'process'],
  ['/overview?map=c000', 'map'],
  ['/overview?colour=1', 'colour'],
  ['/map', 'map'],
  ['/site', 'site'],
  ['/key?key=', 'key'],
  ['/events?limit=100000', 'limit'],
  ['/events?map=%5B', 'map'],
  ['/live?site=(', 'site'],
  ['/live?totals=4', 'totals'],
  ['/live?totals=10&map=int', 'totals'],
  [`/query?q=${'x'.repeat(3000)}`, 'q'],
])('%s is refused, naming %s', async (path, name) => {
  await start();
  const response = await get(`/api/v1${path}`);
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { type: 'error', code: 'bad-parameter', message: expect.stringContaining(name) as string },
  ]);
});

test('what was asked arrives as it was meant', async () => {
  const slices: ApiSlice[] = [];
  const answers = sampleAnswers();
  await start({ rates: (slice, ...rest) => (slices.push(slice), answers.rates(slice, ...rest)) });
  await get('/api/v1/rates?from=1000&to=61000&op=delete&map_type=map%5Bstring%5Dint&process=7-123');
  expect(slices).toEqual([
    { from: 1000, to: 61000, op: 'delete', map_type: 'map[string]int', process: '7-123' },
  ]);
});

test('an address and an id narrow the slice, expressions the events', async () => {
  const asked: unknown[] = [];
  const answers = sampleAnswers();
  await start({ events: (...all) => (asked.push(all), answers.events(...all)) });
  await get('/api/v1/events?from=1&to=2&map=0xc000&site=evict&key=sess:*&limit=5');
  await get('/api/v1/events?from=1&to=2&map=Session&site=00ff00ff00ff00ff');
  expect(asked).toEqual([
    [{ from: 1, to: 2, map: '0xc000' }, { site: 'evict', key: 'sess:*' }, { limit: 5 }],
    [{ from: 1, to: 2, site: '00ff00ff00ff00ff' }, { map: 'Session' }, {}],
  ]);
});

test('statements come as JSON or as text, and no larger than they may', async () => {
  const asked: string[] = [];
  const answers = sampleAnswers();
  await start({ sql: (text) => (asked.push(text), answers.sql(text)) });
  const post = (body: string, type: string): Promise<Response> =>
    get('/api/v1/sql', { method: 'POST', body, headers: { 'content-type': type } });
  expect((await post('{"sql":"SELECT 1"}', 'application/json')).status).toBe(200);
  expect((await post('SELECT 2', 'text/plain;charset=UTF-8')).status).toBe(200);
  expect(asked).toEqual(['SELECT 1', 'SELECT 2']);
  expect((await post('{"sql":5}', 'application/json')).status).toBe(400);
  expect((await post('{', 'application/json')).status).toBe(400);
  expect((await post('SELECT 1', 'application/x-www-form-urlencoded')).status).toBe(415);
  expect((await post('x'.repeat(70_000), 'text/plain')).status).toBe(413);
  expect((await get('/api/v1/sql')).status).toBe(405);
  expect((await get('/api/v1/status', { method: 'DELETE' })).status).toBe(405);
  expect(asked).toHaveLength(2);
});

test('what fails is told in words, and a fault of ours to nobody outside', async () => {
  const faults: unknown[] = [];
  await start(
    {
      layout: () =>
        Promise.reject(new MapauditError('not-there', 'the map is gone', { hint: 'Look again.' })),
      findings: () => Promise.reject(new Error('secret path /root')),
    },
    { fault: (error) => faults.push(error) },
  );
  const gone = await get('/api/v1/layout?process=1-2&map=0xc0');
  expect([gone.status, await gone.json()]).toEqual([
    404,
    { type: 'error', code: 'not-there', message: 'the map is gone', hint: 'Look again.' },
  ]);
  const fault = await get('/api/v1/findings');
  expect([fault.status, await fault.text()]).toEqual([500, expect.not.stringContaining('secret')]);
  expect(faults).toHaveLength(1);
});

test('the page is served from its folder alone', async () => {
  const root = mkdtempSync(join(tmpdir(), 'mapaudit-web-'));
  writeFileSync(join(root, 'index.html'), '<!doctype html>');
  writeFileSync(join(root, 'app-AB12CD34.js'), '1');
  symlinkSync('/etc/passwd', join(root, 'out.txt'));
  await start({}, { webRoot: root });
  expect(await (await fetch(`${api.address}/map/view`)).text()).toBe('<!doctype html>');
  const script = await fetch(`${api.address}/app-AB12CD34.js`);
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(script.headers.get('cache-control')).toContain('immutable');
  const host = new URL(api.address).host;
  for (const path of [
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%2f..%2fetc/passwd',
    '/out.txt',
    '/a.b',
    '//etc/passwd',
    '/\\..\\x.txt',
    '/index.html%00.js',
    '/.git.txt',
  ])
    expect((await raw(path, { host })).status, path).toBe(404);
});

test('metrics need no token where only this machine can come', async () => {
  const metrics = (accept: string | undefined): { body: string; contentType: string } => ({
    body: `up 1 # ${accept ?? ''}\n`,
    contentType: 'text/plain; version=0.0.4',
  });
  await start({}, { metrics });
  const local = await fetch(`${api.address}/metrics`, { headers: { accept: 'text/plain' } });
  expect(await local.text()).toBe('up 1 # text/plain\n');
  await api.close();
  await start({}, { metrics, listen: { host: '0.0.0.0', port: 0 } });
  expect((await fetch(`${api.address}/metrics`)).status).toBe(401);
  expect((await get('/metrics')).status).toBe(200);
});

test('a stream that nobody reads asks for no more, and ends with the service', async () => {
  let asked = 0;
  const ended = { yet: false };
  async function* endless(signal: AbortSignal): AsyncGenerator<ApiLive> {
    const status = { type: 'status' as const, status: sampleAnswers().status() };
    try {
      while (!signal.aborted) {
        asked++;
        yield { ...status, status: { ...status.status, version: 'x'.repeat(60_000) } };
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      ended.yet = true;
    }
  }
  await start({ live: (_filter, _want, signal) => endless(signal) });
  const { hostname, port } = new URL(api.address);
  const request = httpRequest({
    hostname,
    port,
    path: '/api/v1/live',
    headers: { ...bearer(), 'last-event-id': 'zzz' },
  });
  request.on('error', () => undefined);
  const paused = new Promise<void>((resolve) => {
    request.on('response', (response) => {
      response.pause();
      resolve();
    });
  });
  request.end();
  await paused;
  let before = -1;
  // Until the buffers between are full, and then no more.
  while (asked === 0 || before !== asked) {
    before = asked;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(asked).toBeGreaterThan(0);
  expect(ended.yet).toBe(false);
  await api.close();
  while (!ended.yet) await new Promise((resolve) => setTimeout(resolve, 5));
  await start();
});

test('a question whose client has gone is given up, and no other', async () => {
  let asked = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  let ended = (): void => undefined;
  const hasEnded = new Promise<void>((resolve) => (ended = resolve));
  const signals: AbortSignal[] = [];
  await start({
    endingWith: (signal) => {
      signals.push(signal);
      return sampleAnswers({
        events: (_slice, filter) =>
          filter.goid === undefined
            ? sampleAnswers().events({ from: 0, to: 1 }, {}, {})
            : new Promise((_, reject) => {
                signal.addEventListener('abort', () => {
                  reject(new MapauditError('nobody-waits', 'gone'));
                  ended();
                });
                asked();
              }),
      });
    },
  });
  const client = new AbortController();
  const left = get('/api/v1/events?goid=1', { signal: client.signal }).catch(() => undefined);
  await isAsked;
  expect((await get('/api/v1/events')).status).toBe(200);
  expect(signals[0]?.aborted).toBe(false);
  client.abort();
  await hasEnded;
  await left;
  expect((await get('/api/v1/events')).status).toBe(200);
});

test('/healthz says how many processes are still to be looked at', async () => {
  const status = sampleAnswers().status();
  await start({ status: () => ({ ...status, to_come: 12 }) });
  expect(await (await fetch(`${api.address}/healthz`)).text()).toBe(
    'ok\n12 processes still to be looked at\n',
  );
  await api.close();
  await start();
  expect(await (await fetch(`${api.address}/healthz`)).text()).toBe('ok\n');
});
