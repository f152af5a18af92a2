import { MAP_OPS } from '../../model/map_op.ts';
import type { Attached } from '../../protocol/attached.ts';
import type { TraceEvent } from '../../protocol/event.ts';
import type { Summary } from '../../protocol/summary.ts';

/** A line of a kept run, as far as it is looked at. */
export type KeptLine = Attached | TraceEvent | Summary | { readonly type: 'other' };

/** What a line is not as it should be: `time`, `key.text`. */
export class MalformedLine extends Error {}

/**
 * A line of what was kept; undefined for what is no object of JSON with a type. Only those parts are there of which
 * the answer is made, and each of them is looked at: a file may come from anywhere. Errors: `MalformedLine`.
 */
export function keptLine(text: string): KeptLine | undefined {
  return checkedLine(parsed(text));
}

/** The same of a line that was parsed before. */
export function checkedLine(line: unknown): KeptLine | undefined {
  if (!isObject(line) || typeof line['type'] !== 'string') return undefined;
  if (line['type'] === 'event') check(line, EVENT);
  else if (line['type'] === 'attached') check(line, ATTACHED);
  else if (line['type'] === 'summary') check(line, SUMMARY);
  else return { type: 'other' };
  return line as unknown as KeptLine;
}

/** An event that was parsed before. Errors: `MalformedLine`. */
export function checkEvent(line: unknown): TraceEvent {
  check(line, EVENT);
  return line as TraceEvent;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What is wrong with a value, as the path of the part; undefined when nothing is. */
type Check = (value: unknown) => string | undefined;

/** A check of each part; a name that ends in `?` may be absent. */
type Shape = Readonly<Record<string, Check>>;

function check(line: unknown, shape: Check): void {
  const wrong = shape(line);
  if (wrong !== undefined) throw new MalformedLine(wrong.replace(/^\./, '') || 'type');
}

const when =
  (holds: (value: unknown) => boolean): Check =>
  (value) =>
    holds(value) ? undefined : '';
const text = when((value) => typeof value === 'string');
const flag = when((value) => typeof value === 'boolean');
const count = when((value) => Number.isSafeInteger(value) && Number(value) >= 0);
const amount = when((value) => typeof value === 'number' && Number.isFinite(value) && value >= 0);
const address = when((value) => typeof value === 'string' && /^0x[\da-f]+$/i.test(value));
/** RFC 3339 in UTC, a moment that there is. */
const time = when(
  (value) =>
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value)),
);

const list =
  (of: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return '';
    for (const [i, item] of value.entries()) {
      const wrong = of(item);
      if (wrong !== undefined) return `[${i}]${wrong}`;
    }
    return undefined;
  };

const object =
  (shape: Shape): Check =>
  (value) => {
    if (!isObject(value)) return '';
    for (const [key, of] of Object.entries(shape)) {
      const name = key.replace(/\?$/, '');
      const part = value[name];
      if (part === undefined && name !== key) continue;
      const wrong = of(part);
      if (wrong !== undefined) return `.${name}${wrong}`;
    }
    return undefined;
  };

const FRAME = object({ function: text, 'file?': text, 'line?': count, 'inlined?': flag });

const EVENT = object({
  time,
  'pid?': count,
  op: when((value) => MAP_OPS.some((op) => op === value)),
  'function?': text,
  map: object({ 'id?': count, 'address?': address, 'type?': text, 'on_stack?': flag }),
  'key?': object({ 'text?': text, 'truncated?': flag, 'hash?': text, 'unreadable?': flag }),
  'len?': count,
  'found?': flag,
  'removed?': count,
  'goroutine?': object({ id: count, 'start?': text }),
  thread: count,
  'labels?': when(
    (value) => isObject(value) && Object.values(value).every((part) => typeof part === 'string'),
  ),
  'labels_cut?': list(text),
  'labels_missing?': count,
  'labels_unreadable?': flag,
  'trace_id?': text,
  'span_id?': text,
  'caller?': FRAME,
  'stack?': list(FRAME),
});

const ATTACHED = object({
  'pid?': count,
  'exe?': text,
  name: text,
  go_version: text,
  flavour: text,
  probes: count,
  attach_ms: amount,
  'still_ms?': amount,
});

const SUMMARY = object({ lost: count, sampled: count });

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
