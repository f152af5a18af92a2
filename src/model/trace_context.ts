/** The ids that tie an event to a request, in the form of W3C and OpenTelemetry. */
export interface TraceContext {
  /** 32 hexadecimal digits, not all 0. */
  readonly trace_id?: string;
  /** 16 hexadecimal digits, not all 0. */
  readonly span_id?: string;
}

type Form = 'trace' | 'span' | 'datadog-trace' | 'datadog-span' | 'traceparent' | 'b3' | 'jaeger';

/**
 * Labels that are known to carry ids, by their names in lower case with `_` for `-`, `.` and blanks. Where several are
 * there, the first of this list that has an id counts. Sources:
 * - `trace_id`, `span_id`: OpenTelemetry, "Trace Context in non-OTLP Log Formats"; `otel.` before them is a habit.
 *   grafana/pyroscope-go otelpyroscope sets `span_id`; `trace.id`, `span.id` are names of the Elastic Common Schema.
 * - `traceparent`: W3C Trace Context, Level 1, section 3.2.
 * - `dd.trace_id`, `dd.span_id`: Datadog, "Correlate Logs and Traces". `span id`: dd-trace-go, package traceprof
 *   (labels for its profiler; there is none for the trace).
 * - `b3`, `x-b3-traceid`, `x-b3-spanid`: openzipkin/b3-propagation. `uber-trace-id`: Jaeger, "Propagation Format".
 */
const KNOWN: readonly (readonly [name: string, form: Form])[] = [
  ['traceparent', 'traceparent'],
  ['trace_id', 'trace'],
  ['traceid', 'trace'],
  ['otel_trace_id', 'trace'],
  ['otel_traceid', 'trace'],
  ['dd_trace_id', 'datadog-trace'],
  ['b3', 'b3'],
  ['x_b3_traceid', 'trace'],
  ['uber_trace_id', 'jaeger'],
  ['span_id', 'span'],
  ['spanid', 'span'],
  ['otel_span_id', 'span'],
  ['otel_spanid', 'span'],
  ['dd_span_id', 'datadog-span'],
  ['x_b3_spanid', 'span'],
];

/** Of Datadog's profiler, whose names have a blank: a decimal number. */
const DATADOG_PROFILER_SPAN = 'span id';

/** The ids among labels. What has a known name and another form than its source says is no id: nothing is guessed. */
export function traceContext(labels: Iterable<readonly [name: string, value: string]>): TraceContext {
  const values = new Map<string, string>();
  let datadogSpan: string | undefined;
  for (const [name, value] of labels) {
    if (name === DATADOG_PROFILER_SPAN) datadogSpan = datadogId(value, 16);
    else values.set(name.toLowerCase().replaceAll(/[-. ]/gu, '_'), value);
  }
  let context: TraceContext = {};
  for (const [name, form] of KNOWN) {
    const value = values.get(name);
    if (value !== undefined) context = { ...READ[form](value), ...context };
  }
  return { ...(datadogSpan === undefined ? {} : { span_id: datadogSpan }), ...context };
}

const READ: Readonly<Record<Form, (value: string) => TraceContext>> = {
  trace: (value) => ids(traceId(value), undefined),
  span: (value) => ids(undefined, spanId(value)),
  'datadog-trace': (value) => ids(datadogId(value, 32), undefined),
  'datadog-span': (value) => ids(undefined, datadogId(value, 16)),
  // version-traceid-parentid-flags; later versions may add more.
  traceparent(value) {
    const [, version, trace, span, more] =
      /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/u.exec(value) ?? [];
    const isValid = version !== 'ff' && (version !== '00' || more === undefined);
    return isValid ? ids(traceId(trace), spanId(span)) : {};
  },
  // traceid-spanid[-sampled[-parentspanid]]
  b3(value) {
    const [, trace, span] = /^([0-9a-f]{16,32})-([0-9a-f]{16})(?:-.*)?$/iu.exec(value) ?? [];
    return ids(traceId(trace), spanId(span));
  },
  // traceid:spanid:parentid:flags, leading zeros left out.
  jaeger(value) {
    const [, trace, span] = /^([0-9a-f]{1,32}):([0-9a-f]{1,16}):[0-9a-f]*:[0-9a-f]{1,2}$/iu.exec(value) ?? [];
    return ids(traceId(trace?.padStart(32, '0')), spanId(span?.padStart(16, '0')));
  },
};

function ids(trace: string | undefined, span: string | undefined): TraceContext {
  return {
    ...(trace === undefined ? {} : { trace_id: trace }),
    ...(span === undefined ? {} : { span_id: span }),
  };
}

/** 32 digits, also in the groups of a UUID; 16 of a 64-bit id are filled with zeros, as OpenTelemetry has it. */
function traceId(text: string | undefined): string | undefined {
  const digits = text !== undefined && UUID.test(text) ? text.replaceAll('-', '') : text;
  return digits?.length === 16 ? hexadecimal(`${'0'.repeat(16)}${digits}`, 32) : hexadecimal(digits, 32);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

const spanId = (text: string | undefined): string | undefined => hexadecimal(text, 16);

/** Datadog writes 64-bit ids as decimal numbers, and ids of 128 bits with 32 hexadecimal digits. */
function datadogId(text: string, digits: number): string | undefined {
  if (text.length === 32) return digits === 32 ? hexadecimal(text, 32) : undefined;
  if (!/^[0-9]{1,20}$/u.test(text)) return undefined;
  const id = BigInt(text);
  return id >= 1n << 64n ? undefined : hexadecimal(id.toString(16).padStart(digits, '0'), digits);
}

/** So many digits in lower case, not all of them 0. */
function hexadecimal(text: string | undefined, length: number): string | undefined {
  const digits = text?.toLowerCase();
  return digits?.length === length && /^[0-9a-f]+$/u.test(digits) && !/^0+$/u.test(digits)
    ? digits
    : undefined;
}
