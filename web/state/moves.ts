import type { Range, Span } from './view.ts';

/** No shorter than the windows that are counted in allow a curve. */
const SHORTEST_MS = 10_000;
const LONGEST_MS = 366 * 86_400_000;

/** Half its length earlier (-1) or later (1), but not beyond `now`. */
export function shifted({ from, to }: Span, direction: -1 | 1, now = Infinity): Range {
  const by = Math.min(((to - from) / 2) * direction, now - to);
  return { type: 'span', from: Math.round(from + by), to: Math.round(to + by) };
}

/** Longer or shorter around its middle, but not beyond `now`. */
export function zoomed({ from, to }: Span, factor: number, now = Infinity): Range {
  const length = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (to - from) * factor));
  const end = Math.min((from + to) / 2 + length / 2, now);
  return { type: 'span', from: Math.round(end - length), to: Math.round(end) };
}

/** A span that was marked on a chart: at least as long as a curve needs. */
export function marked({ from, to }: Span): Range {
  if (to - from >= SHORTEST_MS) return { type: 'span', from, to };
  return zoomed({ from, to }, 1);
}

/** As long, and just before. */
export const justBefore = ({ from, to }: Span): Span => ({ from: from - (to - from), to: from });
