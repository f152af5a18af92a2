import type { ListedMap, MapsReport } from '../../protocol/maps.ts';
import { bytes, counted, grouped, rate, spoken } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';
import { type Column, layout, measured, row } from '../../protocol/text/table.ts';
import { fit } from '../../protocol/text/width.ts';
import { wrap } from '../../protocol/text/wrap.ts';
import type { Style } from '../output/style.ts';
import { mapName, mapPath } from './map_names.ts';
import { syncMapPartsText } from './sync_map_parts_text.ts';
import { writersText } from './map_writers_text.ts';

/** Lines longer than this are hard to read, however wide the terminal is. */
const READABLE = 100;

/** A column of the list, and what stands in it. */
interface Cell extends Column {
  readonly of: (map: ListedMap) => string;
  /** Left out where it would say nothing of any map. */
  readonly when?: (maps: readonly ListedMap[], report: MapsReport) => boolean;
}

const right = (title: string, min: number): Pick<Cell, 'title' | 'align' | 'min' | 'ideal'> => ({
  title,
  align: 'right',
  min,
  ideal: min,
});
const left = (title: string, min: number): Pick<Cell, 'title' | 'min' | 'ideal'> => ({
  title,
  min,
  ideal: min,
});
const known = <T>(value: T | undefined, write: (value: T) => string): string =>
  value === undefined ? '-' : write(value);
const some =
  (test: (map: ListedMap) => boolean) =>
  (maps: readonly ListedMap[]): boolean =>
    maps.some(test);

const CELLS: readonly Cell[] = [
  { ...left('MAP', 26), grows: false, of: mapName },
  { ...left('TYPE', 20), drop: 1, of: (map) => (map.map_type === undefined ? '-' : printable(map.map_type)) },
  { ...right('BYTES', 8), of: (map) => known(map.bytes, bytes) },
  {
    ...right('HELD', 8),
    of: (map) => known(map.held_bytes, bytes),
    when: some((m) => m.held_bytes !== undefined),
  },
  { ...right('WASTE', 8), drop: 2, of: (map) => known(map.waste, (n) => (n === 0 ? '' : bytes(n))) },
  { ...right('ENTRIES', 7), of: (map) => known(map.len, grouped) },
  { ...right('CAPACITY', 8), drop: 6, of: (map) => known(map.capacity, grouped) },
  { ...right('LOAD', 4), drop: 3, of: (map) => known(map.load, (share) => `${Math.round(share * 100)}%`) },
  {
    ...right('TOMBS', 5),
    drop: 5,
    of: ({ tombstones }) => known(tombstones, (n) => (n === 0 ? '' : grouped(n))),
    when: some((map) => (map.tombstones ?? 0) > 0),
  },
  {
    ...right('OVERFLOW', 8),
    drop: 5,
    of: ({ overflow }) => known(overflow, (n) => (n === 0 ? '' : grouped(n))),
    when: some((map) => (map.overflow ?? 0) > 0),
  },
  {
    ...right('WRITES/S', 8),
    of: ({ observed }) => (observed === undefined ? '' : rate(observed.rate)),
    when: (_, report) => report.observed_ms !== undefined,
  },
  {
    ...right('GROWTH/S', 8),
    of: ({ observed }) => growthText(observed?.growth),
    when: (_, report) => report.observed_ms !== undefined,
  },
  {
    ...left('STATE', 5),
    drop: 1,
    of: stateText,
    when: (maps, report) => maps.some((map) => stateText(map) !== '') || report.sort === 'age',
  },
  { ...left('ADVICE', 6), drop: 4, of: adviceKinds, when: some(({ advice }) => advice.length > 0) },
  { ...left('ADDRESS', 14), drop: 7, of: ({ address }) => address ?? '' },
];

/** One process: its maps as a table, what was not looked at, and what to type next. */
export function mapsText(
  report: MapsReport,
  maps: readonly ListedMap[],
  style: Style,
  width: number | undefined,
): readonly string[] {
  const readable = Math.min(width ?? READABLE, READABLE);
  return [
    ...wrap(title(report, style), readable, '  '),
    ...(maps.length === 0 ? nothing(report, readable) : ['', ...list(report, maps, style, width)]),
    ...below(report, maps, style, readable),
  ];
}

function title(report: MapsReport, style: Style): string {
  const of = `${style.bold(printable(report.name))} (${processText(report)}) ${printable(report.go_version)}`;
  const found = report.matching === report.found ? '' : ` of ${grouped(report.found)}`;
  const size = `${grouped(report.matching)}${found} maps · ${grouped(report.entries)} entries · ${bytes(report.bytes)}`;
  const waste = (report.waste ?? 0) === 0 ? '' : `, ${bytes(report.waste ?? 0)} of it wasted`;
  const observed = report.observed_ms === undefined ? '' : ` · observed for ${spoken(report.observed_ms)}`;
  return `${of} · ${size}${waste}${observed}`;
}

/** `pid 4242`, `core of pid 4242`. */
function processText({ pid, core }: MapsReport): string {
  const process = pid === undefined ? undefined : `pid ${pid}`;
  if (core === undefined) return process ?? '';
  return process === undefined ? 'core' : `core of ${process}`;
}

const programFlags = ({ pid, core }: MapsReport): string =>
  core === undefined
    ? `-p ${pid}`
    : `--core ${shellWord(printable(core.file))} --exe ${shellWord(printable(core.exe))}`;

/** As a shell takes it for one word. */
const shellWord = (text: string): string =>
  /^[\w./+:@%-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

function list(
  report: MapsReport,
  maps: readonly ListedMap[],
  style: Style,
  width: number | undefined,
): readonly string[] {
  const cells = CELLS.filter((cell) => cell.when === undefined || cell.when(maps, report));
  const rows = maps.map((map) => cells.map((cell) => cell.of(map)));
  const columns = measured(cells, rows);
  const widths = layout(columns, width);
  const line = (texts: readonly string[]): string => row(texts, columns, widths, width !== undefined);
  return [
    style.bold(line(columns.map((column) => column.title))),
    ...maps.flatMap((map, i) => [line(rows[i] ?? []), ...details(map, style, width)]),
  ];
}

function details(map: ListedMap, style: Style, width: number | undefined): readonly string[] {
  const parts = map.sync_map === undefined ? undefined : syncMapPartsText(map.sync_map);
  const texts = [mapPath(map), parts, ...writersText(map)].filter((text) => text !== undefined);
  return texts.map((text) => {
    const cut = width === undefined ? text : fit(text, Math.max(20, width - 2)).trimEnd();
    return style.dim(`  ${cut}`);
  });
}

function adviceKinds({ advice }: ListedMap): string {
  return [...new Set(advice.map(({ code }) => code))].join(', ');
}

/** What the column says in short, in full. */
function adviceLines(maps: readonly ListedMap[], width: number): readonly string[] {
  const lines = maps.flatMap((map) =>
    map.advice.flatMap(({ code, text, gain }) => {
      const saves = gain === undefined ? '' : ` (${bytes(Math.round(gain))})`;
      return wrap(`  - ${mapName(map)}: ${code}${saves}: ${printable(text)}`, width, '    ');
    }),
  );
  return lines.length === 0
    ? []
    : ['', 'Advice (mapaudit advise watches, and gives the code to write):', ...lines];
}

function stateText({ state, migrated, fresh, consistent }: ListedMap): string {
  if (state === 'migrating') return `migrating ≥${Math.floor((migrated ?? 0) * 100)}%`;
  if (fresh === true) return 'new';
  return state === 'writing' || consistent === false ? 'changing' : '';
}

const growthText = (growth: number | undefined): string =>
  growth === undefined || growth === 0 ? '' : `${growth > 0 ? '+' : '-'}${rate(Math.abs(growth))}`;

function nothing({ found }: MapsReport, width: number): readonly string[] {
  const text =
    found === 0
      ? 'No map was found.'
      : `None of ${counted(found, 'map')} fits. Without --map and --min-len all of them are listed.`;
  return ['', ...wrap(text, width)];
}

function below(
  report: MapsReport,
  maps: readonly ListedMap[],
  style: Style,
  width: number,
): readonly string[] {
  const more = report.rows - report.listed;
  const lines: string[] = [];
  if (more > 0) lines.push('', style.dim(`… ${counted(more, 'more row')}: --limit ${report.rows} lists all`));
  lines.push(...adviceLines(maps, width));
  if (report.not_seen.length > 0) {
    lines.push('', 'Not looked at:');
    for (const { text } of report.not_seen) lines.push(...wrap(`  - ${printable(text)}`, width, '    '));
  }
  const [first] = maps.filter(({ kind }) => kind === 'map');
  if (first?.address !== undefined)
    lines.push('', `Next: ${style.bold(`mapaudit inspect ${programFlags(report)} --map ${first.address}`)}`);
  return lines;
}
