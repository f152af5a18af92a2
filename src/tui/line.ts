import type { MapOp } from '../protocol/map_op.ts';
import { middleTruncate, widthOf } from '../protocol/text/width.ts';

/** How a piece of a line looks. */
export type Tone = 'plain' | 'bold' | 'dim' | 'warn' | 'bad' | 'good' | 'invert' | MapOp;

export interface Segment {
  readonly text: string;
  readonly tone: Tone;
}

/** One line of the screen. */
export type Line = readonly Segment[];

export const segment = (text: string, tone: Tone = 'plain'): Segment => ({ text, tone });

/** The line cut at the right edge. */
export function clipped(line: Line, width: number): Line {
  const kept: Segment[] = [];
  let left = width;
  for (const { text, tone } of line) {
    if (left <= 0) break;
    kept.push({ text: middleTruncate(text, left), tone });
    left -= widthOf(text);
  }
  return kept;
}

/** A left and a right part, the right one at the edge. */
export function spread(left: Line, right: Line, width: number): Line {
  const room = width - widthOfLine(right);
  const shown = clipped(left, Math.max(0, room - 1));
  const gap = ' '.repeat(Math.max(1, room - widthOfLine(shown)));
  return clipped([...shown, segment(gap), ...right], width);
}

/** Pieces with spaces between. */
export function joined(parts: readonly Line[], gap = '  '): Line {
  return parts.flatMap((part, i) => (i === 0 ? part : [segment(gap), ...part]));
}

export function widthOfLine(line: Line): number {
  return line.reduce((sum, part) => sum + widthOf(part.text), 0);
}
