import type { CheckReport, CheckSite, Requirement } from '../../protocol/check_report.ts';
import { bytes, counted } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';
import { table, type Column } from '../../protocol/text/table.ts';
import { wrap } from '../../protocol/text/wrap.ts';
import type { Style } from '../output/style.ts';

const SITES: readonly Column[] = [
  { title: 'OP', min: 6, ideal: 6 },
  { title: 'FUNCTION', min: 24, ideal: 24 },
  { title: 'AT', min: 5, ideal: 5, drop: 1 },
  { title: 'ADDRESS', min: 8, ideal: 8, drop: 2 },
  { title: 'INSTRUCTION', min: 11, ideal: 11 },
  { title: 'COST', min: 5, ideal: 5 },
  { title: 'WHY', align: 'right', min: 3, ideal: 3 },
];

const ABSENT: readonly Column[] = [
  { title: 'OP', min: 6, ideal: 6 },
  { title: 'FUNCTION', min: 24, ideal: 24 },
  { title: 'WHY', align: 'right', min: 3, ideal: 3 },
];

/** Lines longer than this are hard to read, however wide the terminal is. */
const READABLE = 100;

/** The answer to `check` in sections: binary, probes, absent functions, requirements, and what is next. */
export function checkText(report: CheckReport, style: Style, width: number | undefined): readonly string[] {
  const readable = Math.min(width ?? READABLE, READABLE);
  return [
    ...head(report, style, readable),
    '',
    ...sites(report.sites, style, readable),
    ...absent(report, style, readable),
    '',
    style.bold('What it takes'),
    ...report.requirements.flatMap((one) => requirement(one, style, readable)),
    '',
    ...wrap(verdict(report, style), readable),
  ];
}

function head({ binary, process }: CheckReport, style: Style, width: number): readonly string[] {
  const facts = [binary.module, bytes(binary.size), binary.stripped ? 'stripped' : 'with symbols'];
  if (binary.pie) facts.push('PIE');
  if (binary.cgo === true) facts.push('cgo');
  if (binary.race === true) facts.push('-race');
  if (binary.unoptimised === true) facts.push('not optimised (-N -l)');
  const shown = facts.filter((fact) => fact !== undefined).map(printable);
  const lines = wrap(
    `${style.bold(printable(binary.path))} · ${printable(binary.go_version)} ${binary.flavour} · ${shown.join(' · ')}`,
    width,
    '  ',
  );
  if (process === undefined) return lines;
  const about = [`${printable(process.name)} (pid ${process.pid})`];
  if (process.container !== undefined) about.push(`container ${printable(process.container)}`);
  if (process.exe_replaced === true)
    about.push('the file was replaced or deleted since it began; the old one is read through /proc');
  return [...lines, ...wrap(about.join(' · '), width, '  ')];
}

function sites(all: readonly CheckSite[], style: Style, width: number): readonly string[] {
  if (all.length === 0) return ['No probes: none of the wanted functions is in this binary.'];
  const reasons = [...new Set(all.map((site) => site.why))];
  const rows = all.map((site) => [
    site.op,
    functionName(site.function),
    site.role,
    printable(site.address),
    printable(shortInstruction(site.instruction)),
    site.emulated ? 'low' : 'high',
    String(reasons.indexOf(site.why) + 1),
  ]);
  const [heading = '', ...lines] = table(SITES, rows, width - 2);
  return [
    style.bold(counted(all.length, 'probe')),
    `  ${style.dim(heading)}`,
    ...lines.map((line) => `  ${line}`),
    '',
    ...notes(reasons, width),
    ...costNote(all, width),
  ];
}

/** Texts under the numbers that stand in the column WHY. */
const notes = (texts: readonly string[], width: number): readonly string[] =>
  texts.flatMap((text, i) => wrap(`  ${i + 1}  ${printable(text)}`, width, '     '));

/** Without type arguments, as stacks of Go have it: `internal/sync.(*HashTrieMap[...]).Load`. */
const functionName = (name: string): string => printable(name.replace(/\[.*\]/, '[...]'));

/** `jne short 000000000040C0CAh` as `jne 0x40c0ca`. */
const shortInstruction = (text: string): string =>
  text
    .replace(/\b(?:short|near ptr) /, '')
    .replace(/\b0*([0-9A-F]+)h\b/g, (_, digits: string) => `0x${digits.toLowerCase()}`);

function costNote(all: readonly CheckSite[], width: number): readonly string[] {
  const stepped = all.filter((site) => !site.emulated).length;
  if (stepped === 0) return [];
  const text = `  Cost high: the kernel single-steps that instruction, and a hit costs about ten times as much. It cannot be helped for ${counted(stepped, 'probe')} here.`;
  return ['', ...wrap(text, width, '  ')];
}

function absent({ absent: functions }: CheckReport, style: Style, width: number): readonly string[] {
  if (functions.length === 0) return [];
  const reasons = [...new Set(functions.map((one) => one.reason))];
  const rows = functions.map((one) => [
    one.op,
    functionName(one.function),
    String(reasons.indexOf(one.reason) + 1),
  ]);
  const [heading = '', ...lines] = table(ABSENT, rows, width - 2);
  const title = `${counted(functions.length, 'function')} not in this binary: ways that this program never takes`;
  return [
    '',
    style.bold(title),
    `  ${style.dim(heading)}`,
    ...lines.map((line) => `  ${line}`),
    '',
    ...notes(reasons, width),
  ];
}

function requirement(one: Requirement, style: Style, width: number): readonly string[] {
  const mark = one.met
    ? style.good('ok     ')
    : one.optional === true
      ? style.warn('not met')
      : style.bad('missing');
  const [first = '', ...rest] = wrap(
    [one.name, one.detail]
      .filter((part) => part !== undefined)
      .map(printable)
      .join(': '),
    width - 11,
  );
  const lines = [`  ${mark}  ${first}`, ...rest.map((line) => `           ${line}`)];
  if (!one.met && one.hint !== undefined)
    lines.push(...one.hint.split('\n').map((line) => `           ${style.bold(printable(line))}`));
  return lines;
}

function verdict(report: CheckReport, style: Style): string {
  if (!report.ready) return style.bad('Not ready: see what is missing above.');
  const target =
    report.process === undefined ? `--exe ${printable(report.binary.path)}` : `-p ${report.process.pid}`;
  return `${style.good('Ready.')} Next: ${style.bold(`mapaudit trace ${target} --op delete`)}`;
}
