import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { startOtlp } from '../../src/export/otlp/index.ts';
import { buildGo } from '../support/go_build.ts';
import { FEED } from './feed.ts';

test.each(['http/protobuf', 'http/json'] as const)(
  'a receiver in Go decodes what is sent by %s',
  async (protocol) => {
    process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'cloud.region=eu-1,k8s.pod.name=shop-0';
    const receiver = spawn(buildGo('otlpreceiver'), { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    createInterface({ input: receiver.stdout }).on('line', (line) => lines.push(line));
    try {
      await expect.poll(() => lines.length).toBeGreaterThan(0);
      const { port } = JSON.parse(lines[0] ?? '') as { port: number };
      const sink = await startOtlp({
        endpoint: `http://127.0.0.1:${port}/`,
        headers: { authorization: 'Bearer t' },
        protocol,
        version: '0.1.0',
      });
      await sink.take(FEED);
      await sink.close();
      // What it has decoded comes through a pipe.
      await expect.poll(() => lines.length, { timeout: 30_000 }).toBeGreaterThan(2);
      const received = lines.slice(1).map((line) => JSON.parse(line) as Received);
      expect(received.map(({ kind, auth }) => `${kind} ${auth}`).sort()).toEqual([
        'logs Bearer t',
        'metrics Bearer t',
      ]);
      const [metrics] = received
        .filter(({ kind }) => kind === 'metrics')
        .map(({ message }) => message.resourceMetrics?.[0]);
      const [logs] = received
        .filter(({ kind }) => kind === 'logs')
        .map(({ message }) => message.resourceLogs?.[0]);
      const resource = attributes(metrics?.resource);
      expect(resource).toMatchObject({
        'service.name': 'mapaudit',
        'service.version': '0.1.0',
        'cloud.region': 'eu-1',
        'k8s.pod.name': 'shop-0',
      });
      expect(resource['host.name']).toBeTruthy();
      const all = Object.fromEntries(
        (metrics?.scopeMetrics?.[0]?.metrics ?? []).map((one) => [one.name, one]),
      );
      const point = all['map_delete']?.sum?.dataPoints[0];
      expect(all['map_delete']?.sum).toMatchObject({
        isMonotonic: true,
        aggregationTemporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE',
      });
      expect([point?.asDouble, attributes(point)]).toEqual([
        120,
        {
          'process.executable.name': 'shop',
          'process.pid': '7',
          'container.id': 'c0ffee',
          'map.type': 'map[string]*shop.Session',
        },
      ]);
      expect(all['map_grow']?.unit).toBe('{growth}');
      expect(all['map_grow_duration']?.unit).toBe('s');
      const records = logs?.scopeLogs?.[0]?.logRecords ?? [];
      expect(records.map(({ eventName, severityText }) => [eventName, severityText])).toEqual([
        ['mapaudit.delete', 'debug'],
        ['mapaudit.finding', 'critical'],
      ]);
      expect(attributes(records[0])).toMatchObject({
        'map.key': '"sess:eu-1"',
        'map.key.found': true,
        'code.line.number': '88',
      });
      expect(attributes(records[1])).toMatchObject({ 'mapaudit.finding.rule': 'delete-storm' });
    } finally {
      receiver.kill('SIGKILL');
      await once(receiver, 'exit');
    }
  },
);

interface Attributed {
  readonly attributes?: readonly { key: string; value: Record<string, unknown> }[];
}
interface Metric {
  readonly name: string;
  readonly unit?: string;
  readonly sum?: { readonly dataPoints: readonly (Attributed & { asDouble?: number })[] };
}
interface Received {
  readonly kind: string;
  readonly auth: string;
  readonly message: {
    readonly resourceMetrics?: readonly {
      resource?: Attributed;
      scopeMetrics?: readonly { metrics?: readonly Metric[] }[];
    }[];
    readonly resourceLogs?: readonly {
      scopeLogs?: readonly {
        logRecords?: readonly (Attributed & { eventName?: string; severityText?: string })[];
      }[];
    }[];
  };
}

const attributes = (of: Attributed | undefined): Record<string, unknown> =>
  Object.fromEntries((of?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]));
