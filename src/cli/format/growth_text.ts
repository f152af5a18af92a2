import type { EventFrame } from '../../protocol/event.ts';
import type { GrowthEvent, GrowthRate, Growths, GrowthTrigger, Migration } from '../../protocol/growth.ts';
import { mapLabel, placeLabel } from '../../protocol/text/labels.ts';
import { counted, grouped, rate } from '../../protocol/text/numbers.ts';
import { layout, row, table, type Column } from '../../protocol/text/table.ts';
import type { Style } from '../output/style.ts';
import { goroutineText, keyText, mapText, stackLines } from './event_text.ts';
import { LocalTime } from './local_time.ts';
import { ageText } from './step_text.ts';

const COLUMNS: readonly Column[] = [
  { title: 'TIME', min: 12, ideal: 12 },
  { title: 'STEP', min: 8, ideal: 8 },
  { title: 'WHY', min: 8, ideal: 10 },
  { title: 'MAP', min: 12, ideal: 27, grows: true },
  { title: 'SIZE', min: 15, ideal: 15 },
  { title: 'LEN', min: 7, ideal: 9, align: 'right', drop: 2 },
  { title: 'MOVED', min: 7, ideal: 7, align: 'right', drop: 4 },
  { title: 'TOOK', min: 7, ideal: 7, align: 'right', drop: 1 },
  { title: 'KEY', min: 12, ideal: 14, grows: true, drop: 3 },
  { title: 'CALLER', min: 15, ideal: 31, grows: true },
];

const WHY: Readonly<Record<GrowthTrigger, string>> = {
  load: 'load',
  overflow: 'overflow',
  'small-full': '9th key',
  tombstones: 'tombstones',
};

/** Growths as aligned lines. */
export class GrowthText {
  readonly #style: Style;
  readonly #width: () => number | undefined;
  readonly #withPid: boolean;
  readonly #time = new LocalTime();
  #laidOutFor: number | undefined | 'never' = 'never';
  #widths: readonly number[] = [];

  constructor(style: Style, width: () => number | undefined, withPid: boolean) {
    this.#style = style;
    this.#width = width;
    this.#withPid = withPid;
  }

  lines(one: GrowthEvent | Migration): readonly string[] {
    const { growth = {}, map, pid, len } = one;
    const event = one.type === 'event' ? one : undefined;
    const cells = [
      this.#time.of(one.time),
      event?.op ?? 'moving',
      growth.trigger === undefined ? '' : WHY[growth.trigger],
      mapText({ map }) + (this.#withPid && pid !== undefined ? ` pid ${pid}` : ''),
      sizeText(one),
      len === undefined ? '' : grouped(len),
      growth.moved === undefined ? '' : grouped(growth.moved),
      growth.duration_ns === undefined ? '' : ageText(growth.duration_ns),
      event?.key === undefined ? '' : keyText(event.key),
      event?.caller === undefined ? '' : placeLabel(event.caller),
    ];
    const heading = this.#heading();
    const paint = event?.op === 'clear' ? this.#style.op.clear : this.#style.op.grow;
    return [
      ...heading,
      paint(row(cells, COLUMNS, this.#widths, this.#laidOutFor !== undefined)),
      ...(event?.stack === undefined ? [] : this.#who(event, event.stack)),
    ];
  }

  /** The goroutine and its stack. */
  #who(event: GrowthEvent, stack: readonly EventFrame[]): readonly string[] {
    const who = event.goroutine === undefined ? 'a system stack' : `goroutine ${goroutineText(event)}`;
    return [this.#style.dim(`            ${who}`), ...stackLines(stack, this.#style, this.#width())];
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

/** Buckets, or slots of a table: `512 → 1,024`, `1,024 → 2×1,024`; of a migration under way `12 of 64`. */
function sizeText(one: GrowthEvent | Migration): string {
  const { from, to, migration, tombstones } = one.growth ?? {};
  const op = one.type === 'event' ? one.op : 'moving';
  if (op === 'prune') return tombstones === undefined ? '' : counted(tombstones, 'tombstone');
  if (op === 'moving' && migration !== undefined)
    return `${grouped(migration.evacuated)} of ${grouped(migration.old_buckets)}`;
  if (from === undefined || to === undefined) return '';
  return `${grouped(from)} → ${op === 'split' ? `2×${grouped(to / 2)}` : grouped(to)}`;
}

const RATES: readonly Column[] = [
  { title: 'GROWTHS', min: 7, ideal: 7, align: 'right' },
  { title: 'PER S', min: 6, ideal: 6, align: 'right' },
  { title: 'OF WHICH', min: 12, ideal: 12 },
  { title: '', min: 12, ideal: 12, grows: true },
];

/** Lines of each table at the end; JSON has more. */
const SHOWN = 10;

/** Growths by map and by place. */
export function growthsText(
  { maps, sites }: Growths,
  style: Style,
  width: number | undefined,
): readonly string[] {
  const part = (title: string, rows: readonly (readonly string[])[]): readonly string[] =>
    rows.length === 0 ? [] : ['', style.bold(title), ...table(RATES, rows, width)];
  return [
    ...part(
      'By map',
      maps.slice(0, SHOWN).map((one) => cellsOf(one, mapLabel(one.map))),
    ),
    ...part(
      'By the place that inserts',
      sites.slice(0, SHOWN).map((one) => cellsOf(one, placeLabel(one.caller))),
    ),
    ...(maps.length === 0 ? [] : ['']),
  ];
}

function cellsOf({ count, per_second, by_op }: GrowthRate, name: string): string[] {
  const which = Object.entries(by_op).map(([op, n]) => `${grouped(n)} ${op}`);
  return [grouped(count), rate(per_second), which.join(', '), name];
}
