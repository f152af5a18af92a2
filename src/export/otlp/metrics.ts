import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type CollectionResult,
  DataPointType,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import { emptyResource } from '@opentelemetry/resources';
import type { Family, FamilySpec, Labels, Sample } from '../series/family.ts';
import type { FeedSeries } from '../series/feed_series.ts';

/** Labels under the names that OpenTelemetry has for them, where it has one. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  process: 'process.executable.name',
  pid: 'process.pid',
  container: 'container.id',
  type: 'map.type',
  trigger: 'map.grow.trigger',
  op: 'map.operation',
};

/** Gives the series of a feed to a reader of metrics: the same numbers that Prometheus scrapes. */
export function seriesProducer(series: FeedSeries, scope: { readonly name: string }): MetricProducer {
  return {
    collect: (): Promise<CollectionResult> => {
      const end = hrTime(Date.now());
      const metrics = series.families.flatMap((family) =>
        family.samples.length === 0 ? [] : [metricOf(family, end)],
      );
      const resourceMetrics = { resource: emptyResource(), scopeMetrics: [{ scope, metrics }] };
      return Promise.resolve({ resourceMetrics, errors: [] });
    },
  };
}

/** Without what Prometheus adds for kind and unit: its own OTLP receiver adds it again. */
export const otlpName = (name: string): string => OWN_NAMES[name] ?? name.replace(/_total$|_seconds$/, '');

/** Those that would have another's name without it: a name stands for one kind and one unit. */
const OWN_NAMES: Readonly<Record<string, string>> = { map_grow_seconds: 'map_grow_duration' };

function metricOf({ spec, samples }: Family, endTime: HrTime): MetricData {
  const descriptor = {
    name: otlpName(spec.name),
    description: spec.help,
    unit: spec.unit,
    valueType: ValueType.DOUBLE,
  };
  const aggregationTemporality = AggregationTemporality.CUMULATIVE;
  const points = samples.map((sample) => ({
    startTime: hrTime(sample.since),
    endTime,
    attributes: attributesOf(sample.labels),
    value: sample.value,
  }));
  switch (spec.kind) {
    case 'counter':
      return {
        descriptor,
        aggregationTemporality,
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints: points,
      };
    case 'gauge':
      return { descriptor, aggregationTemporality, dataPointType: DataPointType.GAUGE, dataPoints: points };
    case 'histogram':
      return {
        descriptor,
        aggregationTemporality,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: samples.map((sample) => ({
          startTime: hrTime(sample.since),
          endTime,
          attributes: attributesOf(sample.labels),
          value: histogramOf(spec, sample),
        })),
      };
  }
}

function histogramOf(spec: Extract<FamilySpec, { kind: 'histogram' }>, { value, buckets = [] }: Sample) {
  const counts = [...buckets];
  return {
    sum: value,
    count: counts.reduce((sum, count) => sum + count, 0),
    buckets: { boundaries: [...spec.bounds], counts },
  };
}

export function attributesOf(labels: Labels): Attributes {
  return Object.fromEntries(
    Object.entries(labels)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [
        ATTRIBUTES[name] ?? `mapaudit.${name}`,
        name === 'pid' && /^\d+$/.test(value) ? Number(value) : value,
      ]),
  );
}

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
