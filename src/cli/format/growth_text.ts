import type { Growth, GrowthRate, Growths } from '../../protocol/growth.ts';
import { mapLabel, placeLabel } from '../../protocol/text/labels.ts';
import { counted, grouped, rate } from '../../protocol/text/numbers.ts';
import { layout, row, table, type Column } from '../../protocol/text/table.ts';
import type { Style } from '../output/style.ts';
import { mapText, stackLines } from './event_text.ts';
import { LocalTime } from './local_time.ts';
import { ageText } from './step_text.ts';

const COLUMNS: readonly Column[] = [
  { title: 'TIME', min: 12, ideal: 12 },
  { title: 'WHAT', min: 9, ideal: 9 },
  { title: 'WHY', min: 10, ideal: 10 },
  { title: 'MAP', min: 16, ideal: 27, grows: true },
  { title: 'SIZE', min: 18, ideal: 26 },
  { title: 'LEN', min: 6, ideal: 8, align: 'right' },
  { title: 'MOVED', min: 6, ideal: 8, align: 'right', drop: 1 },
  { title: 'TOOK', min: 7, ideal: 8, align: 'right' },
  { title: 'CALLER', min: 18, ideal: 31, grows: true },
];

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

  lines(growth: Growth): readonly string[] {
    const cells = [
      this.#time.of(growth.time),
      growth.kind,
      growth.trigger ?? '',
      mapText(growth) + (this.#withPid && growth.pid !== undefined ? ` pid ${growth.pid}` : ''),
      sizeText(growth),
      growth.len === undefined ? '' : grouped(growth.len),
      growth.moved === undefined ? '' : grouped(growth.moved),
      growth.duration_ns === undefined ? '' : ageText(growth.duration_ns),
      growth.caller === undefined ? '' : placeLabel(growth.caller),
    ];
    const heading = this.#heading();
    const paint = growth.kind === 'clear' ? this.#style.op.clear : this.#style.op.grow;
    return [
      ...heading,
      paint(row(cells, COLUMNS, this.#widths, this.#laidOutFor !== undefined)),
      ...stackLines(growth.stack ?? [], this.#style, this.#width()),
    ];
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

/** `128 → 256 buckets`, `1024 → 2048 slots, dir 2 → 4`, `12 of 64 buckets`. */
function sizeText({ kind, unit, from, to, directory, migration, tombstones }: Growth): string {
  if (kind === 'prune') return tombstones === undefined ? '' : counted(tombstones, 'tombstone');
  if (kind === 'migrating' && migration !== undefined)
    return `${grouped(migration.evacuated)} of ${grouped(migration.old_buckets)} buckets`;
  if (from === undefined || to === undefined) return '';
  const size = `${grouped(from)} → ${grouped(to)} ${unit ?? ''}`;
  const doubles = directory !== undefined && directory.from !== directory.to;
  return doubles ? `${size}, dir ${directory.from} → ${directory.to}` : size;
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

function cellsOf({ count, per_second, kinds }: GrowthRate, name: string): string[] {
  const which = Object.entries(kinds).map(([kind, n]) => `${grouped(n)} ${kind}`);
  return [grouped(count), rate(per_second), which.join(', '), name];
}
