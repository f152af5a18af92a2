import type { MovedSite, RateChange } from '../../protocol/report.ts';
import { rate } from '../../protocol/text/numbers.ts';
import { fileLine, OP_WORDS } from '../../protocol/text/words.ts';

/** `12.0/s` */
export const perSecond = (n: number): string => `${rate(n)}/s`;

/** `shop.(*Cache).evict cache.go:88`, with the file's own name alone. */
export function siteText({
  function: name,
  file,
  line,
}: Pick<MovedSite, 'function' | 'file' | 'line'>): string {
  if (name === undefined) return 'a place that is not known';
  return `${name} ${fileLine(file, line)}`.trimEnd();
}

/** How a change was found, and how sure it is. */
export function changeEvidence({
  op,
  before,
  after,
  seconds_before: b,
  seconds_after: a,
  p,
  deviations,
}: RateChange): string {
  const chance = p < 1e-6 ? 'p < 0.000001' : `p = ${p.toPrecision(2)}`;
  return `${OP_WORDS[op]}: median ${perSecond(before)} in the ${b} s before, ${perSecond(after)} in the ${a} s after; Pettitt's test ${chance}, ${deviations.toFixed(1)} times the scatter of single seconds`;
}
