import type { EventFrame, EventKey, TraceEvent } from '../../protocol/event.ts';
import type { Stop } from '../../protocol/stop.ts';
import { mapLabel, placeLabel, shortFunction } from '../../protocol/text/labels.ts';
import { printable } from '../../protocol/text/printable.ts';
import { middleTruncate } from '../../protocol/text/width.ts';
import type { Style } from '../output/style.ts';
import type { LocalTime } from './local_time.ts';

/** The cells of one event, in the order of `traceColumns`. Cells of what is not known are empty. */
export function eventCells(event: TraceEvent, time: LocalTime, withPid: boolean): string[] {
  const cells = [time.of(event.time)];
  if (withPid) cells.push(event.pid === undefined ? '' : String(event.pid));
  cells.push(
    event.op,
    mapText(event),
    event.key === undefined ? '' : keyText(event.key),
    event.found === undefined ? '' : event.found ? 'yes' : 'no',
    event.len === undefined ? '' : String(event.len),
    goroutineText(event),
    event.caller === undefined ? '' : callerText(event.caller),
  );
  return cells;
}

/** The map of an event: `map[string]int #3`. */
export function mapText(event: Pick<TraceEvent, 'map'>): string {
  if (event.map.id === undefined && event.map.type === undefined && event.map.address === undefined)
    return 'nil map';
  return mapLabel(event.map) + (event.map.on_stack === true ? ' (stack)' : '');
}

/** The key of an event as it may be shown. */
export function keyText(key: EventKey): string {
  if (key.unreadable === true) return '<unreadable>';
  if (key.hash !== undefined) return `#${printable(key.hash)}${key.truncated === true ? '…' : ''}`;
  if (key.text === undefined) return '<not captured>';
  const text = printable(key.text);
  return key.truncated === true && !text.endsWith('…') ? `${text}…` : text;
}

/** The labels of an event's goroutine, with the trace that they tell; empty where there are none. */
export function labelsText(event: TraceEvent | Stop): string {
  const { labels = {}, labels_cut: cut = [], labels_missing: missing } = event;
  const { trace_id: trace, span_id: span, labels_unreadable: unreadable } = event;
  const shown = Object.entries(labels)
    .filter(([, value]) => value !== trace && value !== span)
    .map(([name, value]) => `${bare(name)}=${bare(value)}${cut.includes(name) ? '…' : ''}`);
  return [
    ...(trace === undefined ? [] : [`trace ${printable(trace)}`]),
    ...(span === undefined ? [] : [`span ${printable(span)}`]),
    ...shown,
    ...(missing === undefined ? [] : [`and ${missing} more`]),
    ...(unreadable === true ? ['<unreadable>'] : []),
  ].join('  ');
}

/** In quotes where it would not stand as one word. */
const bare = (text: string): string => printable(/^[^\s"=…]+$/u.test(text) ? text : JSON.stringify(text));

/** `918 shop.(*Cache).janitor` */
export function goroutineText(event: Pick<TraceEvent, 'goroutine'>): string {
  if (event.goroutine === undefined) return '';
  const { id, start } = event.goroutine;
  return start === undefined ? String(id) : `${id} ${shortFunction(start)}`;
}

function callerText(frame: EventFrame): string {
  return placeLabel(frame);
}

/** Labels below an event's line. */
export function labelLines(event: TraceEvent, style: Style, width: number | undefined): readonly string[] {
  const text = labelsText(event);
  if (text === '') return [];
  const line = `              ${text}`;
  return [style.dim(width === undefined ? line : middleTruncate(line, width))];
}

/** The stack below an event's line, innermost frame first. */
export function stackLines(
  stack: readonly EventFrame[],
  style: Style,
  width: number | undefined,
): readonly string[] {
  return stack.map((frame) => {
    const place =
      frame.file === undefined
        ? ''
        : `  ${printable(frame.file)}${frame.line === undefined ? '' : `:${frame.line}`}`;
    const line = `              ${printable(frame.function)}${place}${frame.inlined ? '  (inlined)' : ''}`;
    return style.dim(width === undefined ? line : middleTruncate(line, width));
  });
}
