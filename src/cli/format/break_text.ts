import type { Stop, MapHeader, SwissTable } from '../../protocol/stop.ts';
import { placeLabel } from '../../protocol/text/labels.ts';
import { counted, grouped } from '../../protocol/text/numbers.ts';
import { middleTruncate } from '../../protocol/text/width.ts';
import type { Style } from '../output/style.ts';
import { goroutineText, keyText, labelsText, mapText, stackLines } from './event_text.ts';
import { LocalTime } from './local_time.ts';

/** Where the facts of a stop begin. */
const INDENT = 14;

/** Stops of `break`: a paragraph each. */
export class BreakText {
  readonly #style: Style;
  readonly #width: () => number | undefined;
  readonly #withPid: boolean;
  readonly #time = new LocalTime();

  constructor(style: Style, width: () => number | undefined, withPid: boolean) {
    this.#style = style;
    this.#width = width;
    this.#withPid = withPid;
  }

  lines(stop: Stop): readonly string[] {
    const width = this.#width();
    const cut = (line: string): string => (width === undefined ? line : middleTruncate(line, width));
    const fact = (name: string, text: string): string => `    ${name.padEnd(INDENT - 4)}${text}`;
    const labels = labelsText(stop);
    const facts = [
      fact('goroutine', this.#who(stop)),
      ...(labels === '' ? [] : [fact('labels', labels)]),
      ...(stop.caller === undefined ? [] : [fact('caller', placeLabel(stop.caller))]),
      ...(stop.header === undefined ? [] : [fact('header', headerText(stop.header))]),
      ...registerLines(stop.registers, width).map((line, i) => fact(i === 0 ? 'registers' : '', line)),
    ];
    return [
      this.#style.op[stop.op](cut(this.#head(stop))),
      ...facts.map(cut),
      ...stackLines(stop.stack ?? [], this.#style, width),
      '',
    ];
  }

  #head(stop: Stop): string {
    const parts = [this.#time.of(stop.time), stop.op, mapText(stop)];
    if (stop.key !== undefined) parts.push(keyText(stop.key));
    if (stop.len !== undefined) parts.push(`len ${grouped(stop.len)}`);
    if (stop.found !== undefined) parts.push(stop.found ? 'found' : 'not found');
    if (stop.removed !== undefined) parts.push(`${grouped(stop.removed)} removed`);
    return parts.join('  ');
  }

  #who(stop: Stop): string {
    const who = stop.goroutine === undefined ? 'none: a system stack' : goroutineText(stop);
    const pid = this.#withPid && stop.pid !== undefined ? `, pid ${stop.pid}` : '';
    return `${who}, thread ${stop.thread}${pid}`;
  }
}

/** `128 buckets, 3 overflow, 12 of 64 old buckets moved` */
export function headerText(header: MapHeader): string {
  const parts: string[] = [];
  if (header.layout === 'classic') {
    parts.push(counted(header.buckets, 'bucket'), `${grouped(header.overflow)} overflow`);
    const { migration } = header;
    if (migration !== undefined)
      parts.push(`${grouped(migration.evacuated)} of ${grouped(migration.old_buckets)} old buckets moved`);
  } else {
    parts.push(header.small ? 'small: one group' : `directory of ${grouped(header.directory)}`);
    if (header.table !== undefined) parts.push(tableText(header.table));
    if (header.tombstones_possible === true) parts.push('may have tombstones');
  }
  if (header.writing) parts.push('being written by another');
  return parts.join(', ');
}

function tableText({ capacity, used, growth_left, tombstones }: SwissTable): string {
  return `table of ${capacity} slots: ${used} used, ${tombstones} tombstones, ${growth_left} left to fill`;
}

/** Registers side by side, as many to a line as there is room for. */
function registerLines(registers: Stop['registers'], width: number | undefined): string[] {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(registers ?? {})) {
    const one = `${name} ${value}`;
    const last = lines.at(-1);
    const joined = `${last ?? ''}  ${one}`;
    if (last === undefined || (width !== undefined && INDENT + joined.length > width)) lines.push(one);
    else lines[lines.length - 1] = joined;
  }
  return lines;
}
