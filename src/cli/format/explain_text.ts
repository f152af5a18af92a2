import type { ExplainReport, ExplainSite } from '../../protocol/explain_report.ts';
import { placeLabel, shortFunction } from '../../protocol/text/labels.ts';
import { counted } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';
import { table, type Column } from '../../protocol/text/table.ts';
import { wrap } from '../../protocol/text/wrap.ts';
import type { Style } from '../output/style.ts';

const COLUMNS: readonly Column[] = [
  { title: 'AT', min: 14, ideal: 14 },
  { title: 'OP', min: 7, ideal: 7, drop: 1 },
  { title: 'CALLS', min: 20, ideal: 20 },
  { title: 'MAP', min: 16, ideal: 16 },
  { title: 'SOURCE', min: 8, ideal: 8, drop: 2 },
  { title: 'WHY', min: 3, ideal: 3 },
];

/** Lines longer than this are hard to read, however wide the terminal is. */
const READABLE = 100;

/** The answer to `explain`: one line an operation, what it was inlined into, and the reasons by number. */
export function explainText(
  report: ExplainReport,
  style: Style,
  width: number | undefined,
): readonly string[] {
  const readable = Math.min(width ?? READABLE, READABLE);
  const reasons = [...new Set(report.sites.flatMap((site) => site.why))];
  const rows = report.sites.map((site) => cells(site, reasons));
  const [heading = '', ...lines] = table(COLUMNS, rows, width === undefined ? undefined : width - 2);
  return [
    style.bold(title(report)),
    `${printable(report.binary.path)} · ${build(report)} · ${counted(report.sites.length, 'map operation')}`,
    ...notes(report, readable),
    '',
    `  ${style.dim(heading)}`,
    ...lines.flatMap((line, i) => [`  ${line}`, ...below(report.sites[i], style)]),
    '',
    ...reasons.flatMap((why, i) => numbered(i + 1, why, readable)),
  ];
}

function numbered(number: number, why: string, width: number): readonly string[] {
  const lines = wrap(printable(why), width - 5);
  return lines.map((line, i) => `  ${i === 0 ? String(number).padEnd(3) : '   '}${line}`);
}

function title({ place, map }: ExplainReport): string {
  if (place?.function !== undefined) return printable(place.function);
  if (place?.file !== undefined)
    return printable(place.line === undefined ? place.file : `${place.file}:${place.line}`);
  return `maps that match ${printable(map ?? '')}`;
}

function build({ binary }: ExplainReport): string {
  const facts = [`${printable(binary.go_version)} ${binary.flavour}`];
  if (binary.race) facts.push('-race');
  if (binary.unoptimised === true) facts.push('not optimised (-N)');
  return facts.join(' · ');
}

function notes({ place, undecided }: ExplainReport, width: number): readonly string[] {
  const found: string[] = [];
  if (place?.inlined_everywhere === true)
    found.push('It has no code of its own: the compiler inlined it wherever it is called.');
  if (undecided !== undefined && undecided > 0)
    found.push(`Of ${counted(undecided, 'other operation')} the code does not tell the map type.`);
  return found.flatMap((note) => wrap(note, width));
}

function cells(site: ExplainSite, reasons: readonly string[]): string[] {
  const [frame] = site.frames;
  const file = frame?.file?.slice(frame.file.lastIndexOf('/') + 1) ?? '?';
  return [
    printable(frame?.line === undefined ? file : `${file}:${frame.line}`),
    site.op,
    printable(site.function ?? '(none: on the stack)'),
    mapText(site),
    printable(site.construct ?? ''),
    site.why.map((why) => reasons.indexOf(why) + 1).join(' '),
  ];
}

function mapText({ maps, maps_incomplete: incomplete }: ExplainSite): string {
  const [first, ...others] = maps;
  if (first === undefined) return 'map ?';
  const more = others.length === 0 ? '' : ` +${others.length}`;
  return `${printable(first.type)}${more}${incomplete === true ? ' …' : ''}`;
}

/** What does not fit into the line: the functions that it was inlined into, and the other types of generic code. */
function below(site: ExplainSite | undefined, style: Style): readonly string[] {
  if (site === undefined) return [];
  const [inner, ...outer] = site.frames;
  const lines: string[] = [];
  if (outer.length > 0 && inner !== undefined) {
    const into = outer.map((frame) => placeLabel(frame)).join(', into ');
    lines.push(`${shortFunction(inner.function)} inlined into ${into}`);
  }
  for (const map of site.maps.slice(1)) lines.push(`also ${printable(map.type)}`);
  return lines.map((line) => style.dim(`      ${line}`));
}
