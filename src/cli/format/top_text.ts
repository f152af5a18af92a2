import type { Counter, Snapshot } from '../../protocol/snapshot.ts';
import { mapLabel, placeLabel } from '../../protocol/text/labels.ts';
import { counted, grouped, rate } from '../../protocol/text/numbers.ts';
import { table, type Column } from '../../protocol/text/table.ts';
import type { Style } from '../output/style.ts';

const COLUMNS: readonly Column[] = [
  { title: 'PER SEC', align: 'right', min: 7, ideal: 7 },
  { title: 'COUNT', align: 'right', min: 7, ideal: 7 },
  { title: 'OP', min: 6, ideal: 6 },
  { title: 'MAP', min: 16, ideal: 24 },
  { title: 'CALLER', min: 18, ideal: 24 },
];

/** Where several processes are counted. */
const PID: Column = { title: 'PID', align: 'right', min: 7, ideal: 7 };
const pidText = ({ counter }: Group): string => (counter.pid === undefined ? '' : String(counter.pid));

/** More than anybody reads; the JSON has them all. */
const ROWS = 60;

/** A row: operations of one kind on maps of one type from one place. */
interface Group {
  readonly counter: Counter;
  readonly maps: Set<number | undefined>;
  count: number;
  rate: number;
}

/** One snapshot as a table, the busiest places first. A place that works on many maps is one row. */
export function topText(snapshot: Snapshot, style: Style, width: number | undefined): readonly string[] {
  if (snapshot.counters.length === 0) return [];
  const groups = groupByPlace(snapshot.counters).sort((a, b) => b.rate - a.rate || b.count - a.count);
  const many = new Set(snapshot.counters.map((counter) => counter.pid)).size > 1;
  const columns = many ? [PID, ...COLUMNS] : COLUMNS;
  const rows = groups
    .slice(0, ROWS)
    .map((group) => (many ? [pidText(group), ...cells(group)] : cells(group)));
  const [heading = '', ...lines] = table(columns, rows, width);
  const rest = groups.length - ROWS;
  const more = rest > 0 ? [style.dim(`… ${counted(rest, 'more row')}: --json has them all`)] : [];
  return [style.bold(heading), ...lines, ...more];
}

function groupByPlace(counters: readonly Counter[]): Group[] {
  const groups = new Map<string, Group>();
  for (const counter of counters) {
    const { pid, op, map_type: type, caller, file, line } = counter;
    const name = JSON.stringify([pid, op, type, caller, file, line]);
    const group = groups.get(name) ?? { counter, maps: new Set(), count: 0, rate: 0 };
    group.count += counter.count;
    group.rate += counter.rate;
    group.maps.add(counter.map_id);
    groups.set(name, group);
  }
  return [...groups.values()];
}

function cells({ counter, maps, count, rate: perSecond }: Group): string[] {
  const type = mapLabel({ type: counter.map_type });
  const map =
    maps.size > 1
      ? `${type} ×${grouped(maps.size)}`
      : mapLabel({ type: counter.map_type, id: counter.map_id });
  const place = placeLabel({ function: counter.caller, file: counter.file, line: counter.line });
  return [rate(perSecond), grouped(count), counter.op, map, place];
}
