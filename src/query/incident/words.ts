import type { MapOp } from '../../model/map_op.ts';
import type { MovedSite, RateChange } from '../../protocol/report.ts';
import { rate } from '../../protocol/text/numbers.ts';

/** How operations are called, many of them. */
export const MANY: Readonly<Record<MapOp, string>> = {
  delete: 'deletes',
  assign: 'assigns',
  clear: 'clears',
  grow: 'growths',
  access: 'reads',
  iterate: 'iterations',
};

/** `12:01:33` in UTC. */
export const timeText = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

/** `12.0/s` */
export const perSecond = (n: number): string => `${rate(n)}/s`;

/** `96 %` */
export const percent = (share: number): string =>
  `${(share * 100).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`;

/** `shop.(*Cache).evict cache.go:88`, with the file's own name alone. */
export function siteText({
  function: name,
  file,
  line,
}: Pick<MovedSite, 'function' | 'file' | 'line'>): string {
  if (name === undefined) return 'a place that is not known';
  const place =
    file === undefined ? '' : ` ${file.split('/').at(-1) ?? ''}${line === undefined ? '' : `:${line}`}`;
  return `${name}${place}`;
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
  return `${MANY[op]}: median ${perSecond(before)} in the ${b} s before, ${perSecond(after)} in the ${a} s after; Pettitt's test ${chance}, ${deviations.toFixed(1)} times the scatter of single seconds`;
}
