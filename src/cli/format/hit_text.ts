import type { Hit, MapHeader, SwissTable } from '../../protocol/hit.ts';
import { placeLabel } from '../../protocol/text/labels.ts';
import { counted, grouped } from '../../protocol/text/numbers.ts';
import { middleTruncate } from '../../protocol/text/width.ts';
import type { Style } from '../output/style.ts';
import { goroutineText, keyText, mapText, stackLines } from './event_text.ts';
import { LocalTime } from './local_time.ts';

/** Hits of `break`: a paragraph each. */
export class HitText {
  readonly #style: Style;
  readonly #width: () => number | undefined;
  readonly #withPid: boolean;
  readonly #time = new LocalTime();

  constructor(style: Style, width: () => number | undefined, withPid: boolean) {
    this.#style = style;
    this.#width = width;
    this.#withPid = withPid;
  }

  lines(hit: Hit): readonly string[] {
    const width = this.#width();
    const cut = (line: string): string => (width === undefined ? line : middleTruncate(line, width));
    const fact = (name: string, text: string): string => `    ${name.padEnd(10)}${text}`;
    const facts = [
      fact('goroutine', this.#who(hit)),
      ...(hit.caller === undefined ? [] : [fact('caller', placeLabel(hit.caller))]),
      ...(hit.header === undefined ? [] : [fact('header', headerText(hit.header))]),
      ...(hit.registers === undefined ? [] : [fact('registers', registerText(hit.registers))]),
    ];
    return [
      this.#style.op[hit.op](cut(this.#head(hit))),
      ...facts.map(cut),
      ...stackLines(hit.stack ?? [], this.#style, width),
      '',
    ];
  }

  #head(hit: Hit): string {
    const parts = [this.#time.of(hit.time), hit.op, mapText(hit)];
    if (hit.key !== undefined) parts.push(keyText(hit.key));
    if (hit.len !== undefined) parts.push(`len ${grouped(hit.len)}`);
    if (hit.found !== undefined) parts.push(hit.found ? 'found' : 'not found');
    if (hit.removed !== undefined) parts.push(`${grouped(hit.removed)} removed`);
    return parts.join('  ');
  }

  #who(hit: Hit): string {
    const who = hit.goroutine === undefined ? 'none: a system stack' : goroutineText(hit);
    const pid = this.#withPid && hit.pid !== undefined ? `, pid ${hit.pid}` : '';
    return `${who}, thread ${hit.thread}${pid}`;
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

const registerText = (registers: NonNullable<Hit['registers']>): string =>
  Object.entries(registers)
    .map(([name, value]) => `${name} ${value}`)
    .join('  ');
