import type { MapOp } from '../protocol/map_op.ts';
import type { Counter, KeyPrefixCounter, Snapshot } from '../protocol/snapshot.ts';
import { mapLabel, placeLabel } from '../protocol/text/labels.ts';
import { printable } from '../protocol/text/printable.ts';
import { counted } from '../protocol/text/numbers.ts';
import type { UiState, View } from './ui_state.ts';

/** One line of the table: all operations on one subject. */
export interface TopRow {
  /** The site, map, type or key prefix. */
  readonly subject: string;
  /** Where there are several processes. */
  readonly pid: number | undefined;
  /** What else helps to recognise it: the map of a site, the busiest site of a map. */
  readonly detail: string;
  readonly rate: number;
  readonly count: number;
  readonly rates: ReadonlyMap<MapOp, number>;
}

/** What the views sum over. */
type Item = Pick<Counter, 'op' | 'rate' | 'count' | 'pid'> & {
  readonly subject: string;
  readonly detail: string;
};

/** The rows of a view, filtered and sorted. Of several processes each has rows of its own. */
export function topRows(snapshot: Snapshot, ui: UiState): readonly TopRow[] {
  const items = ui.view === 'key' ? keyItems(snapshot.key_prefixes ?? []) : counterItems(snapshot, ui.view);
  const many = new Set(snapshot.counters.map((counter) => counter.pid)).size > 1;
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    if (ui.hidden.has(item.op)) continue;
    const name = many ? `${item.pid ?? ''} ${item.subject}` : item.subject;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  const rows = [...groups.values()].map((group) => summedUp(group, ui.view, many));
  return rows.filter((row) => matches(row, ui.filter)).sort(orderOf(ui));
}

function counterItems(snapshot: Snapshot, view: Exclude<View, 'key'>): readonly Item[] {
  return snapshot.counters.map((counter) => {
    const { op, rate, count, pid } = counter;
    const numbers = { op, rate, count, ...(pid === undefined ? {} : { pid }) };
    const site =
      placeLabel({ function: counter.caller, file: counter.file, line: counter.line }) || 'unknown caller';
    const type = mapLabel({ type: counter.map_type });
    if (view === 'site') return { ...numbers, subject: site, detail: type };
    if (view === 'type') return { ...numbers, subject: type, detail: site };
    return {
      ...numbers,
      subject: mapLabel({ type: counter.map_type, id: counter.map_id }),
      detail: site,
    };
  });
}

function keyItems(prefixes: readonly KeyPrefixCounter[]): readonly Item[] {
  return prefixes.map(({ op, rate, count, pid, prefix, map_type: type }) => {
    const numbers = { op, rate, count, ...(pid === undefined ? {} : { pid }) };
    return { ...numbers, subject: printable(prefix), detail: mapLabel({ type }) };
  });
}

function summedUp(group: readonly Item[], view: View, many: boolean): TopRow {
  const rates = new Map<MapOp, number>();
  const details = new Map<string, number>();
  let [rate, count] = [0, 0];
  for (const item of group) {
    rate += item.rate;
    count += item.count;
    rates.set(item.op, (rates.get(item.op) ?? 0) + item.rate);
    details.set(item.detail, (details.get(item.detail) ?? 0) + item.count);
  }
  const pid = many ? group[0]?.pid : undefined;
  return { subject: group[0]?.subject ?? '', pid, detail: busiest(details, view), rate, count, rates };
}

/** The detail with the most operations, and how many others there are. */
function busiest(details: ReadonlyMap<string, number>, view: View): string {
  const [first] = [...details].sort(([a, n], [b, m]) => m - n || compare(a, b));
  if (first === undefined) return '';
  const others = details.size - 1;
  const noun = view === 'site' || view === 'key' ? 'map type' : 'site';
  return others === 0 ? first[0] : `${first[0]} +${counted(others, noun)}`;
}

function matches(row: TopRow, filter: string): boolean {
  const wanted = filter.toLowerCase();
  return row.subject.toLowerCase().includes(wanted) || row.detail.toLowerCase().includes(wanted);
}

/** Ties are broken by name, so that rows do not jump about. */
function orderOf(ui: UiState): (a: TopRow, b: TopRow) => number {
  const byName = (a: TopRow, b: TopRow): number =>
    compare(a.subject, b.subject) || (a.pid ?? 0) - (b.pid ?? 0);
  switch (ui.sort) {
    case 'name':
      return byName;
    case 'rate':
      return (a, b) => b.rate - a.rate || b.count - a.count || byName(a, b);
    case 'count':
      return (a, b) => b.count - a.count || byName(a, b);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
