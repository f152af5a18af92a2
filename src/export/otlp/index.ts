import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtoMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { MapauditError } from '../../base/errors.ts';
import type { FeedSink } from '../../model/feed.ts';
import { type FeedSeries, feedSeries } from '../series/feed_series.ts';
import { FeedLogs } from './logs.ts';
import { seriesProducer } from './metrics.ts';
import { resourceOf } from './resource.ts';
import { watched } from './watched.ts';

export const OTLP_PROTOCOLS = ['http/protobuf', 'http/json'] as const;
export type OtlpProtocol = (typeof OTLP_PROTOCOLS)[number];

/** Where to, and how. */
export interface OtlpOptions {
  /** `http://localhost:4318`; `/v1/metrics` and `/v1/logs` are added to it. */
  readonly endpoint: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: http/protobuf. */
  readonly protocol?: OtlpProtocol;
  /** Of mapaudit. */
  readonly version?: string;
  /** Metrics are sent so often, in milliseconds. Default: 10 seconds. */
  readonly intervalMs?: number;
  /** Those of another exporter, which then gets the feed; own ones where that is left out. */
  readonly series?: FeedSeries;
  /** Told once each time that deliveries begin to fail, and when they succeed again. */
  readonly say?: (trouble: string) => void;
}

const INTERVAL_MS = 10_000;
const TIMEOUT_MS = 10_000;

/**
 * Sends metrics, findings and sampled deletes by OTLP. What cannot be delivered is tried again by the exporters, within
 * their time, and then left out; counters are cumulative, so that the next delivery has it all. Load this with
 * `import()`: its packages take a tenth of a second. Error: `otlp-endpoint`.
 */
export async function startOtlp(options: OtlpOptions): Promise<FeedSink> {
  const { protocol = 'http/protobuf', version = 'unknown', intervalMs = INTERVAL_MS } = options;
  const base = endpointOf(options.endpoint);
  const series = options.series ?? feedSeries();
  const resource = await resourceOf(version);
  const to = (path: string): { url: string; headers: Record<string, string>; timeoutMillis: number } => ({
    url: `${base}/v1/${path}`,
    headers: { ...options.headers },
    timeoutMillis: TIMEOUT_MS,
  });
  const isJson = protocol === 'http/json';
  const metrics = isJson ? new JsonMetrics(to('metrics')) : new ProtoMetrics(to('metrics'));
  const logs = isJson ? new JsonLogs(to('logs')) : new ProtoLogs(to('logs'));
  const scope = { name: 'mapaudit', version };
  const reader = new PeriodicExportingMetricReader({
    exporter: watched(metrics, 'metrics', options.say),
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: Math.min(TIMEOUT_MS, intervalMs),
    metricProducers: [seriesProducer(series, scope)],
  });
  const meters = new MeterProvider({ resource, readers: [reader] });
  const loggers = new LoggerProvider({
    resource,
    processors: [
      new BatchLogRecordProcessor({
        exporter: watched(logs, 'logs', options.say),
        scheduledDelayMillis: Math.min(1000, intervalMs),
      }),
    ],
  });
  const feedLogs = new FeedLogs(loggers.getLogger(scope.name, scope.version));
  return {
    take: (items) => {
      if (options.series === undefined) series.take(items);
      feedLogs.take(items);
    },
    close: async () => {
      // Whatever still cannot be delivered has been told by then.
      await Promise.allSettled([meters.shutdown(), loggers.shutdown()]);
    },
  };
}

function endpointOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:'))
    return text.replace(/\/+$/, '');
  throw new MapauditError('otlp-endpoint', 'the endpoint for OTLP is no address of HTTP', {
    hint: 'Write http://localhost:4318; gRPC is not spoken, collectors have HTTP beside it.',
  });
}
