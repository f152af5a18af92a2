import type { Counter, Snapshot } from '../../protocol/snapshot.ts';
import { mapLabel, placeLabel } from '../../protocol/text/labels.ts';
import { grouped, rate } from '../../protocol/text/numbers.ts';
import { table, type Column } from '../../protocol/text/table.ts';
import type { Style } from '../output/style.ts';

const COLUMNS: readonly Column[] = [
  { title: 'PER SEC', align: 'right', min: 7, ideal: 7 },
  { title: 'COUNT', align: 'right', min: 7, ideal: 7 },
  { title: 'OP', min: 6, ideal: 6 },
  { title: 'MAP', min: 16, ideal: 24 },
  { title: 'CALLER', min: 18, ideal: 24 },
];

/** One snapshot as a table, the busiest first. */
export function topText(snapshot: Snapshot, style: Style, width: number | undefined): readonly string[] {
  if (snapshot.counters.length === 0) return [];
  const counters = [...snapshot.counters].sort((a, b) => b.rate - a.rate || b.count - a.count);
  const [heading = '', ...lines] = table(COLUMNS, counters.map(cells), width);
  return [style.bold(heading), ...lines];
}

function cells(counter: Counter): string[] {
  const map = mapLabel({ type: counter.map_type, id: counter.map_id });
  const place = placeLabel({ function: counter.caller, file: counter.file, line: counter.line });
  return [rate(counter.rate), grouped(counter.count), counter.op, map, place];
}
