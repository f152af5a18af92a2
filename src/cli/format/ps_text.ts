import type { ProcessEntry } from '../../protocol/process_entry.ts';
import { counted } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';
import { table, type Column } from '../../protocol/text/table.ts';
import type { Style } from '../output/style.ts';

const COLUMNS: readonly Column[] = [
  { title: 'PID', align: 'right', min: 7, ideal: 7 },
  { title: 'NAME', min: 16, ideal: 16 },
  { title: 'GO', min: 9, ideal: 9 },
  { title: 'MAPS', min: 7, ideal: 7, drop: 2 },
  { title: 'USER', min: 8, ideal: 8, drop: 4 },
  { title: 'CONTAINER', min: 12, ideal: 12, drop: 3 },
  { title: 'AUDIT', min: 40, ideal: 40 },
];

/** The table of processes, and what to type next. */
export function psText(
  entries: readonly ProcessEntry[],
  style: Style,
  width: number | undefined,
): readonly string[] {
  if (entries.length === 0) return nothing();
  const [heading = '', ...lines] = table(COLUMNS, entries.map(cells), width);
  const painted = lines.map((line, i) => (entries[i]?.auditable === true ? line : style.dim(line)));
  return [style.bold(heading), ...painted, ...hints(entries), '', ...next(entries, style)];
}

function cells(entry: ProcessEntry): string[] {
  const words = [entry.name, entry.go_version, entry.flavour, entry.user, entry.container];
  const audit = entry.auditable
    ? entry.reason === undefined
      ? 'yes'
      : `yes, ${entry.reason}`
    : `no: ${entry.reason ?? 'not known why'}`;
  return [String(entry.pid), ...words.map((word) => printable(word ?? '-')), printable(audit)];
}

/** Each advice once, however many processes it is for. */
function hints(entries: readonly ProcessEntry[]): readonly string[] {
  const pids = new Map<string, number[]>();
  for (const { hint, pid } of entries)
    if (hint !== undefined) pids.set(hint, [...(pids.get(hint) ?? []), pid]);
  const lines = [...pids].map(
    ([hint, of]) =>
      `  ${of.length > 3 ? counted(of.length, 'process', 'processes') : of.join(', ')}: ${printable(hint)}`,
  );
  return lines.length === 0 ? [] : ['', ...lines];
}

function next(entries: readonly ProcessEntry[], style: Style): readonly string[] {
  const first = entries.find((entry) => entry.auditable);
  if (first === undefined) return ['None of them can be audited. Why: mapaudit check -p PID'];
  return [
    `Next: ${style.bold(`mapaudit top -p ${first.pid}`)} for the busiest maps,`,
    `      ${style.bold(`mapaudit trace -p ${first.pid} --op delete`)} for who deletes.`,
  ];
}

function nothing(): readonly string[] {
  return [
    'No Go process is to be seen here.',
    'Processes of other users are seen with sudo; those of other containers from the host, or with a shared pid namespace.',
    'To look at a binary that does not run: mapaudit check ./server',
  ];
}
