import type { Heat, HeatCell } from '../../protocol/inspect.ts';
import { counted, grouped } from '../../protocol/text/numbers.ts';
import { wrap } from '../../protocol/text/wrap.ts';
import type { Style } from '../output/style.ts';

/** Cells of a row: a power of two, so that rows begin at round numbers. */
const CELLS = [128, 64, 32, 16, 8];
const READABLE = 100;
/** Slots of a bucket or group. */
const SLOTS = 8;
const LEVELS = ['·', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const TITLES: Readonly<Record<Heat['part'], readonly [string, string]>> = {
  bucket: ['bucket', 'buckets'],
  'old-bucket': ['old bucket', 'old buckets'],
  group: ['group', 'groups'],
};

/** Rows of cells, each with its number in front; below a row, where there is anything to mark, its marks. */
export function heatText(heat: Heat, style: Style, width: number | undefined): readonly string[] {
  const label = grouped(heat.units).length + 2;
  const room = (width ?? READABLE) - label - 2;
  const perRow = CELLS.find((cells) => cells <= room) ?? 8;
  const lines: string[] = [];
  for (let at = 0; at < heat.cells.length; at += perRow) {
    const cells = heat.cells.slice(at, at + perRow);
    const number = grouped(cells[0]?.first ?? 0).padStart(label);
    lines.push(`${number}  ${painted(cells.map(level), style)}`);
    const marks = cells.map(mark);
    if (marks.some(({ text }) => text !== ' '))
      lines.push(`${' '.repeat(label)}  ${painted(marks, style)}`.trimEnd());
  }
  const [one, many] = TITLES[heat.part];
  const scale =
    heat.units_per_cell === 1
      ? `one ${one} each`
      : `${grouped(heat.units_per_cell)} ${many} each, their mean`;
  return [style.bold(`${counted(heat.units, one, many)} · ${scale}`), ...lines];
}

interface Glyph {
  readonly text: string;
  readonly tone: 'plain' | 'dim' | 'warn' | 'bad' | 'good';
}

/** How full: with overflow buckets a bucket may hold more than eight. */
function level(cell: HeatCell): Glyph {
  const known = cell.units - (cell.unstable ?? 0) - (cell.evacuated ?? 0);
  if (known <= 0) return (cell.unstable ?? 0) > 0 ? { text: '?', tone: 'bad' } : { text: '-', tone: 'dim' };
  const mean = cell.full / known;
  const n = mean === 0 ? 0 : Math.max(1, Math.min(SLOTS, Math.round(mean)));
  return { text: LEVELS[n] ?? '?', tone: n === 0 ? 'dim' : n === SLOTS ? 'good' : 'plain' };
}

/** What matters most about a cell. */
function mark({ overflow = 0, tombstones = 0, unstable = 0, units, evacuated = 0 }: HeatCell): Glyph {
  if (unstable > 0 && unstable < units) return { text: '?', tone: 'bad' };
  if (overflow > 0)
    return { text: overflow > 9 ? '+' : String(overflow), tone: overflow > 2 ? 'bad' : 'warn' };
  if (tombstones > 0)
    return { text: String(Math.max(1, Math.min(SLOTS, Math.round(tombstones / units)))), tone: 'warn' };
  if (evacuated > 0 && evacuated < units) return { text: '-', tone: 'dim' };
  return { text: ' ', tone: 'plain' };
}

/** Neighbours of the same tone are painted at once. */
function painted(glyphs: readonly Glyph[], style: Style): string {
  let text = '';
  for (let i = 0; i < glyphs.length;) {
    const tone = glyphs[i]?.tone ?? 'plain';
    let run = '';
    for (; glyphs[i]?.tone === tone; i++) run += glyphs[i]?.text ?? '';
    text += tone === 'plain' ? run : style[tone](run);
  }
  return text;
}

/** What the signs mean, those that a picture has. */
export function heatLegend(
  pictures: readonly Heat[],
  style: Style,
  width: number | undefined,
): readonly string[] {
  const cells = pictures.flatMap((heat) => heat.cells);
  const has = (test: (cell: HeatCell) => boolean): boolean => cells.some(test);
  const parts = ['· empty', '▁ … █ 1 to 8 entries'];
  if (has((cell) => (cell.overflow ?? 0) > 0))
    parts.push('below: 1 … 9 + overflow buckets in the longest chain');
  if (has((cell) => (cell.tombstones ?? 0) > 0)) parts.push('below: 1 to 8 tombstones');
  if (pictures.some((heat) => heat.part === 'old-bucket')) parts.push('- evacuated');
  if (has((cell) => (cell.unstable ?? 0) > 0)) parts.push('? changed at every look');
  return wrap(parts.join(' · '), Math.min(width ?? READABLE, READABLE)).map((line) => style.dim(line));
}
