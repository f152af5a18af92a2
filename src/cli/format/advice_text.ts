import type { Advice, AdviceReport, Evidence } from '../../protocol/advice.ts';
import type { EventFrame } from '../../protocol/event.ts';
import { shortFunction } from '../../protocol/text/labels.ts';
import { bytes, counted, grouped, rate, spoken } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';
import { wrap } from '../../protocol/text/wrap.ts';
import type { Style } from '../output/style.ts';

/** Lines longer than this are hard to read, however wide the terminal is. */
const READABLE = 110;

/** One piece of advice: what and where, what it rests on, what it would save, the code. */
export function adviceText(
  advice: Advice,
  number: number,
  style: Style,
  width: number | undefined,
): readonly string[] {
  const readable = Math.min(width ?? READABLE, READABLE);
  const { kind, text, evidence, gain, code, map, site, other_maps: others } = advice;
  const name = printable([map.name, map.type].filter((one) => one !== undefined).join(' '));
  const more = others === undefined ? '' : ` and ${counted(others, 'other map')}`;
  const shown = name === '' ? (map.address ?? 'a map') : name;
  const where = site === undefined ? '' : ` at ${place(site)}`;
  return [
    style.bold(`${number} ${kind}${where}`),
    style.dim(`  ${shown}${more}`),
    ...wrap(`  ${printable(text)}.`, readable, '  '),
    ...evidence.flatMap((one) => wrap(`    ${evidenceText(one)}`, readable, '      ')),
    ...wrap(`  gain: ${gainText(gain)}`, readable, '    '),
    ...code.split('\n').map((line) => style.good(`    ${printable(line.replaceAll('\t', '    '))}`)),
  ];
}

/** `main.fill main.go:88` */
function place({ function: name, file, line }: EventFrame): string {
  const base = file?.slice(file.lastIndexOf('/') + 1);
  const at = base === undefined ? '' : ` ${base}${line === undefined ? '' : `:${line}`}`;
  return printable(`${shortFunction(name)}${at}`);
}

/** `91,000 entries that deletes removed (cache.go:91)` */
function evidenceText({ what, value, unit, site }: Evidence): string {
  const at = site === undefined ? '' : ` (${place(site)})`;
  return printable(`${amount(value, unit)} ${what}${at}`);
}

function amount(value: number, unit: Evidence['unit']): string {
  switch (unit) {
    case 'bytes':
      return `${bytes(Math.round(value))}:`;
    case 'seconds':
      return `${spoken(value * 1000)}:`;
    case 'per_second':
      return `${rate(value)}/s:`;
    case 'share':
      return `${shareText(value)} %:`;
    case 'entries':
    case 'slots':
    case undefined:
      return `${grouped(Math.round(value))}:`;
  }
}

/** Two more digits where rounding would say all or none. */
function shareText(value: number): string {
  const isNearEnd = value !== 0 && value !== 1 && (value > 0.99 || value < 0.01);
  return (100 * value).toFixed(isNearEnd ? 2 : 0);
}

function gainText(gain: Advice['gain']): string {
  const parts = [
    ...(gain.bytes === undefined ? [] : [`${bytes(Math.round(gain.bytes))} held`]),
    ...(gain.bytes_per_hour === undefined ? [] : [`${bytes(Math.round(gain.bytes_per_hour))} an hour`]),
    ...(gain.allocated_bytes === undefined
      ? []
      : [`${bytes(Math.round(gain.allocated_bytes))} not allocated`]),
    ...(gain.moved_entries === undefined
      ? []
      : [`${counted(gain.moved_entries, 'entry', 'entries')} not moved`]),
    ...(gain.operations_per_second === undefined ? [] : [`${rate(gain.operations_per_second)} operations/s`]),
  ];
  return printable(`${parts.join(', ')} (${gain.how})`);
}

/** What was looked at, for all advice or none. */
export function advisedText({ maps, operations, observed_ms: ms, lost, advice }: AdviceReport): string {
  const seen = `${counted(maps, 'map')}, ${counted(operations, 'operation')} in ${spoken(ms)}`;
  const missed = lost === 0 ? '' : ` · ${counted(lost, 'write')} came too fast to be seen`;
  const said = advice === 0 ? 'nothing to advise' : counted(advice, 'piece of advice', 'pieces of advice');
  return `${said} · ${seen}${missed}`;
}
