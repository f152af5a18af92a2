import type { Family, FamilySpec, Labels, Sample } from '../series/family.ts';

/** The two forms that scrapers ask for. */
export type Format = 'prometheus' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Which of them an Accept header wants more; what names neither gets Prometheus's own. */
export function formatOf(accept: string | undefined): Format {
  const weights = { prometheus: 0, openmetrics: 0 };
  for (const part of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const quality = parameters.find((text) => text.startsWith('q='));
    const weight = quality === undefined ? 1 : Number.parseFloat(quality.slice(2));
    const version = parameters.find((text) => text.startsWith('version='))?.slice(8);
    if (type === 'application/openmetrics-text' && (version === undefined || /^[01]\./.test(version)))
      weights.openmetrics = Math.max(weights.openmetrics, weight || 0);
    else if (type === 'text/plain') weights.prometheus = Math.max(weights.prometheus, weight || 0);
  }
  return weights.openmetrics > weights.prometheus ? 'openmetrics' : 'prometheus';
}

/**
 * Text of all families. Own code and not prom-client: that renames its counters at the first scrape in OpenMetrics,
 * so that one registry cannot serve both forms, and it has no answer without a promise.
 */
export function metricsText(families: readonly Family[], format: Format): string {
  const lines: string[] = [];
  for (const { spec, samples } of families) {
    const name =
      format === 'openmetrics' && spec.kind === 'counter' ? spec.name.replace(/_total$/, '') : spec.name;
    lines.push(`# HELP ${name} ${escapeHelp(spec.help, format)}`, `# TYPE ${name} ${spec.kind}`);
    for (const sample of samples) lines.push(...sampleLines(spec, sample, format));
  }
  if (format === 'openmetrics') lines.push('# EOF');
  return `${lines.join('\n')}\n`;
}

function sampleLines(spec: FamilySpec, { labels, value, buckets }: Sample, format: Format): string[] {
  if (spec.kind !== 'histogram') return [`${spec.name}${labelsText(labels)} ${numberText(value)}`];
  let count = 0;
  const lines = (buckets ?? []).map((in_, i) => {
    count += in_;
    const bound = spec.bounds[i];
    const le = bound === undefined ? '+Inf' : boundText(bound, format);
    return `${spec.name}_bucket${labelsText({ ...labels, le })} ${count}`;
  });
  const all = labelsText(labels);
  return [...lines, `${spec.name}_sum${all} ${numberText(value)}`, `${spec.name}_count${all} ${count}`];
}

/** Labels without a value are left out: to Prometheus that is the same. */
function labelsText(labels: Labels): string {
  const parts = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

const escapeValue = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

const escapeHelp = (text: string, format: Format): string =>
  format === 'openmetrics' ? escapeValue(text) : text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

/** OpenMetrics wants bounds in one form: `1.0`, `0.001`, `1e-05`. */
function boundText(bound: number, format: Format): string {
  if (format === 'prometheus') return String(bound);
  if (bound < 1e-4) return bound.toExponential().replace(/e-(\d)$/, 'e-0$1');
  return Number.isInteger(bound) ? bound.toFixed(1) : String(bound);
}
