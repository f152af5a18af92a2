import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadRules } from '../../rules/load.ts';
import { startActions } from './index.ts';
import type { Finding } from '../../model/finding.ts';

const FINDING: Finding = {
  type: 'finding',
  id: '00aa11bb22cc33dd',
  rule: 'storm',
  severity: 'critical',
  state: 'firing',
  title: 'Storm: 2,000 deletes/s',
  subject: { process: { pid: 7, name: 'shop' }, mapType: 'map[string]int' },
  evidence: [{ text: 'seen', from: 1000, to: 2000 }],
  since: 1000,
  firedAt: 2000,
  lastSeen: 2000,
};
const OVER: Finding = {
  ...FINDING,
  state: 'resolved',
  evidence: [...FINDING.evidence, { text: 'Over.', from: 2000, to: 9000 }],
};
const LIMITS = { most: 3, firstWaitMs: 1, longestWaitMs: 4, tries: 4, closeMs: 60_000 };

// A busy machine may start programs, and answer, late.
vi.setConfig({ testTimeout: 90_000 });

let server: Server | undefined;
afterEach(() => server?.close());

interface Asked {
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** A server that answers with these, one after the other, and then 200. */
async function hook(...statuses: readonly number[]): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const left = [...statuses];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (data: Buffer) => (text += data.toString()));
    request.on('end', () => {
      asked.push({ url: request.url, headers: request.headers, body: JSON.parse(text) as unknown });
      response.writeHead(left.shift() ?? 200).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Tells the findings, and waits for what comes of them. */
async function run(actions: string, ...findings: readonly Finding[]) {
  const said: string[] = [];
  const logged: string[] = [];
  const text = `version: 1\nrules:\n  - {name: storm, kind: rate, above: 1}\nactions:\n${actions}`;
  const running = startActions(loadRules(text, 'rules.yaml'), {
    log: (line) => logged.push(line),
    say: (trouble) => said.push(trouble),
    limits: LIMITS,
  });
  for (const finding of findings) running.finding(finding);
  return { delivery: await running.close(), said, logged };
}

describe('a webhook', () => {
  it('is tried again until it arrives, in order, once a state', async () => {
    const { url, asked } = await hook(503, 500);
    const { delivery, said } = await run(
      `  - {name: ops, kind: webhook, url: "${url}/hook"}`,
      FINDING,
      FINDING,
      OVER,
    );
    expect(delivery).toEqual({ ops: { delivered: 2, retried: 2, dropped: 0 } });
    expect(asked.map(({ body }) => (body as { state: string }).state)).toEqual([
      'firing',
      'firing',
      'firing',
      'resolved',
    ]);
    expect(asked[0]?.body).toMatchObject({
      type: 'finding',
      fired_at: 2000,
      process: { pid: 7, name: 'shop' },
    });
    expect(said[0]).toBe('action ops: the answer was 503; will be tried again');
  });

  it('is not tried again when it is refused, and never tells a secret', async () => {
    const { url, asked } = await hook(403);
    process.env['MAPAUDIT_TEST_TOKEN'] = 'hidden-7f3a';
    const file = join(mkdtempSync(join(tmpdir(), 'mapaudit-')), 'url');
    writeFileSync(file, `${url}/hidden-path\n`);
    const action = `  - name: ops\n    kind: webhook\n    url: \${file:${file}}\n    headers: {authorization: "Bearer \${env:MAPAUDIT_TEST_TOKEN}"}`;
    const { delivery, said } = await run(action, FINDING);
    expect(asked[0]).toMatchObject({ url: '/hidden-path', headers: { authorization: 'Bearer hidden-7f3a' } });
    expect(delivery).toEqual({ ops: { delivered: 0, retried: 0, dropped: 1 } });
    expect(said).toEqual(['action ops: the answer was 403; given up']);
  });

  describe('whose address is a secret', () => {
    const runWith = async (address: string) => {
      process.env['MAPAUDIT_TEST_HOOK'] = address;
      try {
        return await run('  - {name: ops, kind: webhook, url: "${env:MAPAUDIT_TEST_HOOK}"}', FINDING);
      } finally {
        delete process.env['MAPAUDIT_TEST_HOOK'];
      }
    };

    it('has the login in it in a header', async () => {
      const { url, asked } = await hook();
      await runWith(`${url.replace('//', '//bot:a%20b@')}/hook`);
      expect(asked[0]?.headers['authorization']).toBe(`Basic ${btoa('bot:a b')}`);
    });

    it.each(['no address', 'http://bot:50%@127.0.0.1/', 'htp://127.0.0.1/'])(
      'is not tried with %j',
      async (address) => {
        const { said } = await runWith(address);
        expect(said).toEqual(['action ops: what it is to be sent to is no address; given up']);
      },
    );
  });

  it('is not tried where a header cannot hold its secret', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'mapaudit-')), 'token');
    writeFileSync(file, 'two\nlines');
    const { url, asked } = await hook();
    const { said } = await run(
      `  - {name: ops, kind: webhook, url: "${url}", headers: {x-token: "\${file:${file}}"}}`,
      FINDING,
    );
    expect(said).toEqual(['action ops: what x-token is to hold fits in no header; given up']);
    expect(asked).toEqual([]);
  });

  it('names a secret that is missing, before anything happens', async () => {
    const action = `  - {name: ops, kind: webhook, url: "\${env:MAPAUDIT_NOT_SET}"}`;
    await expect(run(action)).rejects.toMatchObject({
      code: 'secret-missing',
      fields: { name: 'MAPAUDIT_NOT_SET' },
    });
  });

  it('that nobody listens to is given up, without its address', async () => {
    const { url } = await hook();
    server?.close();
    const { delivery, said } = await run(`  - {name: ops, kind: webhook, url: "${url}/hidden"}`, FINDING);
    expect(delivery).toEqual({ ops: { delivered: 0, retried: 3, dropped: 1 } });
    expect(said.join()).toContain('could not be reached');
    expect(said.join()).not.toContain('127.0.0.1');
  });

  it('keeps a bounded queue, and counts what does not fit', async () => {
    const { url } = await hook();
    const many = Array.from({ length: 10 }, (_, i) => ({ ...FINDING, id: String(i) }));
    const { delivery } = await run(`  - {name: ops, kind: webhook, url: "${url}"}`, ...many);
    // One is on its way, three wait.
    expect(delivery).toEqual({ ops: { delivered: 4, retried: 0, dropped: 6 } });
  });
});

it('tells Alertmanager when it began and when it is over', async () => {
  const { url, asked } = await hook();
  await run(`  - {name: am, kind: alertmanager, url: "${url}/am/", labels: {team: ops}}`, FINDING, OVER);
  expect(asked.map((one) => one.url)).toEqual(['/am/api/v2/alerts', '/am/api/v2/alerts']);
  const [[firing], [over]] = asked.map(({ body }) => body) as [
    [Record<string, unknown>],
    [Record<string, unknown>],
  ];
  expect(firing).toMatchObject({
    labels: {
      alertname: 'storm',
      severity: 'critical',
      team: 'ops',
      process: 'shop',
      pid: '7',
      type: 'map[string]int',
    },
    annotations: { summary: 'Storm: 2,000 deletes/s', description: 'seen' },
    startsAt: '1970-01-01T00:00:02.000Z',
  });
  expect(over['labels']).toEqual(firing['labels']);
  expect(over['endsAt']).toBe('1970-01-01T00:00:09.000Z');
});

it('gives a program the finding on its stdin, without a shell', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'mapaudit-')), 'out; $(touch x)');
  const script =
    "let s='';process.stdin.on('data',d=>s+=d).on('end',()=>require('fs').writeFileSync(process.argv[1],s))";
  const { delivery } = await run(
    `  - {name: page, kind: exec, command: ${JSON.stringify([process.execPath, '-e', script, file])}}`,
    FINDING,
  );
  expect(delivery).toEqual({ page: { delivered: 1, retried: 0, dropped: 0 } });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ id: FINDING.id });
});

it('does not wait for what a program has left running', async () => {
  const { delivery } = await run(
    `  - {name: page, kind: exec, command: [sh, -c, "sleep 10 & exit 3"]}`,
    FINDING,
  );
  expect(delivery).toEqual({ page: { delivered: 0, retried: 3, dropped: 1 } });
});

it('ends a program that takes too long, with what it has started', async () => {
  const pids = join(mkdtempSync(join(tmpdir(), 'mapaudit-')), 'pids');
  const script = `sleep 60 & echo $! >> ${pids}; wait`;
  const { said } = await run(
    `  - {name: page, kind: exec, command: [sh, -c, ${JSON.stringify(script)}], timeout: 500ms}`,
    FINDING,
  );
  expect(said[0]).toBe('action page: the program took too long and was ended; will be tried again');
  for (const pid of readFileSync(pids, 'utf8').trim().split('\n'))
    await expect.poll(() => existsSync(`/proc/${pid}/root`), { timeout: 20_000 }).toBe(false);
});

it('does not repeat a secret that a program has written', async () => {
  const { url } = await hook();
  process.env['MAPAUDIT_TEST_HOOK'] = `${url}/s3cr3t`;
  try {
    const { said } = await run(
      '  - {name: ops, kind: webhook, url: "${env:MAPAUDIT_TEST_HOOK}"}\n' +
        '  - {name: page, kind: exec, command: [sh, -c, "echo no answer of $MAPAUDIT_TEST_HOOK >&2; exit 3"]}',
      FINDING,
    );
    expect(said[0]).toBe('action page: the program ended with 3: no answer of ***; will be tried again');
  } finally {
    delete process.env['MAPAUDIT_TEST_HOOK'];
  }
});

it('tells only what an action wants to hear of', async () => {
  const { logged } = await run(
    '  - {name: all, kind: log}\n  - {name: bad, kind: log, from: critical, resolved: false}',
    { ...FINDING, severity: 'warning' },
    { ...OVER, severity: 'warning' },
    { ...FINDING, id: '1' },
  );
  expect(logged).toHaveLength(4);
});
