import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { dashboardFiles } from '../../src/export/dashboards/index.ts';
import { prometheusSink } from '../../src/export/prometheus/index.ts';
import { SPECS } from '../../src/export/series/specs.ts';
import { DEFAULT_RULES, loadRules } from '../../src/rules/index.ts';
import { FEED } from './feed.ts';

const FILES = dashboardFiles(loadRules(DEFAULT_RULES, 'default rules'));

test('promtool finds nothing wrong with the metrics', async () => {
  const sink = prometheusSink();
  await sink.take(FEED);
  const out = execFileSync('promtool', ['check', 'metrics'], { input: sink.text().body, encoding: 'utf8' });
  expect(out).toBe('');
});

test('promtool takes the alert rules, and each of them fires when it should', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-'));
  for (const { path, text } of FILES) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const prometheus = join(folder, 'prometheus');
  const promtool = (...args: string[]): string =>
    execFileSync('promtool', args, { cwd: prometheus, encoding: 'utf8' });
  expect(promtool('check', 'rules', 'mapaudit-alerts.yml')).toContain('SUCCESS: 6 rules found');
  expect(promtool('test', 'rules', 'mapaudit-alerts-test.yml')).toContain('SUCCESS');
  rmSync(folder, { recursive: true });
});

test('every query of the dashboards names metrics that there are', () => {
  const names = new Set(
    SPECS.flatMap(({ name, kind }) =>
      kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
  const grafana = FILES.filter(({ path }) => path.startsWith('grafana/'));
  expect(grafana).toHaveLength(2);
  for (const { text } of grafana) {
    const board = JSON.parse(text) as { uid: string; panels: { id: number; targets: { expr: string }[] }[] };
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
    for (const { expr } of board.panels.flatMap(({ targets }) => targets)) {
      const used = expr.match(/\bmap(?:audit)?_[a-z_]+/g) ?? [];
      expect(used, expr).not.toEqual([]);
      expect(used.filter((name) => !names.has(name))).toEqual([]);
    }
  }
});

test('a real Prometheus scrapes it, in the form that it asks for', async () => {
  const sink = prometheusSink();
  await sink.take(FEED);
  const types: string[] = [];
  const server = createServer((request, response) => {
    const { body, contentType } = sink.text(request.headers.accept);
    types.push(contentType);
    response.writeHead(200, { 'content-type': contentType }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-'));
  const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `global: {scrape_interval: 1s}\nscrape_configs:\n  - {job_name: mapaudit, static_configs: [{targets: ['${target}']}]}\n`,
  );
  const port = await freePort();
  const prometheus = spawn(
    'prometheus',
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  try {
    const query = async (text: string): Promise<readonly (readonly [Record<string, string>, string])[]> => {
      const answer = await fetch(
        `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(text)}`,
      ).catch(() => undefined);
      if (answer?.ok !== true) return [];
      const { data } = (await answer.json()) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] };
      };
      return data.result.map(({ metric, value }) => [metric, value[1]] as const);
    };
    await expect
      .poll(() => query('map_delete_total{type="map[string]*shop.Session"}'), {
        timeout: 60_000,
        interval: 500,
      })
      .toMatchObject([[{ process: 'shop', pid: '7', container: 'c0ffee' }, '120']]);
    expect(types[0]).toContain('application/openmetrics-text');
    // A scrape that comes too late for it makes Prometheus forget all until the next.
    const patience = { timeout: 60_000, interval: 500 };
    await expect
      .poll(() => query('map_grow_seconds_count'), patience)
      .toMatchObject([[{ op: 'rehash' }, '1']]);
    await expect
      .poll(() => query('map_delete_total{type=~".*quote.*"}'), patience)
      .toMatchObject([[{ type: 'map[q.T["quote\\\\"]]int' }, '5']]);
  } finally {
    prometheus.kill('SIGKILL');
    await once(prometheus, 'exit');
    server.close();
    rmSync(folder, { recursive: true });
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
