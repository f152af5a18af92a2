import type { TraceEvent } from '../../protocol/event.ts';
import { placeLabel } from '../../protocol/text/labels.ts';
import { spoken } from '../../protocol/text/numbers.ts';
import { layout, row, type Column } from '../../protocol/text/table.ts';
import type { Style } from '../output/style.ts';
import { goroutineText, keyText, mapText, stackLines } from './event_text.ts';
import { LocalTime } from './local_time.ts';

const COLUMNS: readonly Column[] = [
  { title: 'TIME', min: 12, ideal: 12 },
  { title: 'AFTER', min: 8, ideal: 8, align: 'right' },
  { title: 'STEP', min: 13, ideal: 13 },
  { title: 'MAP', min: 16, ideal: 27, grows: true },
  { title: 'KEY', min: 8, ideal: 14, grows: true, drop: 1 },
  { title: 'GOROUTINE', min: 9, ideal: 25, grows: true },
  { title: 'CALLER', min: 18, ideal: 31, grows: true },
];

/** The steps of one key's life: a line each, and the stack below it. */
export class StepText {
  readonly #style: Style;
  readonly #width: () => number | undefined;
  readonly #withPid: boolean;
  readonly #time = new LocalTime();
  /** When each map last saw the key, in nanoseconds. */
  readonly #last = new Map<string, bigint>();
  #laidOutFor: number | undefined | 'never' = 'never';
  #widths: readonly number[] = [];

  constructor(style: Style, width: () => number | undefined, withPid: boolean) {
    this.#style = style;
    this.#width = width;
    this.#withPid = withPid;
  }

  lines(event: TraceEvent): readonly string[] {
    const cells = [
      this.#time.of(event.time),
      this.#age(event),
      stepName(event),
      mapText(event) + (this.#withPid && event.pid !== undefined ? ` pid ${event.pid}` : ''),
      event.key === undefined ? '' : keyText(event.key),
      goroutineText(event),
      event.caller === undefined ? '' : placeLabel(event.caller),
    ];
    const heading = this.#heading();
    const line = row(cells, COLUMNS, this.#widths, this.#laidOutFor !== undefined);
    return [
      ...heading,
      this.#style.op[event.op](line),
      ...stackLines(event.stack ?? [], this.#style, this.#width()),
    ];
  }

  /** Since the step before in the same map. */
  #age(event: TraceEvent): string {
    const map = `${event.pid ?? 0} ${event.map.id ?? event.map.address ?? ''}`;
    const before = this.#last.get(map);
    const now = nanoseconds(event.time);
    this.#last.set(map, now);
    return before === undefined ? '' : ageText(Number(now - before));
  }

  #heading(): string[] {
    const width = this.#width();
    if (width === this.#laidOutFor) return [];
    this.#laidOutFor = width;
    this.#widths = layout(COLUMNS, width);
    const titles = COLUMNS.map((column) => column.title);
    return [this.#style.bold(row(titles, COLUMNS, this.#widths))];
  }
}

/** What an event did to the key. */
export function stepName({ op, found }: Pick<TraceEvent, 'op' | 'found'>): string {
  switch (op) {
    case 'assign':
      return found === undefined ? 'assign' : found ? 'update' : 'insert';
    case 'delete':
      return found === false ? 'delete (miss)' : 'delete';
    case 'access':
      return 'read';
    case 'clear':
    case 'grow':
    case 'iterate':
      return op;
  }
}

/** RFC 3339 with nanoseconds as a number of them. */
function nanoseconds(time: string): bigint {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  return (
    BigInt(Date.parse(`${time.slice(0, 19)}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9))
  );
}

/** `310 ns`, `12 µs`, and above a millisecond as everywhere. */
export function ageText(ns: number): string {
  if (ns < 1000) return `${ns} ns`;
  return ns < 1_000_000 ? `${Math.round(ns / 1000)} µs` : spoken(ns / 1e6);
}
