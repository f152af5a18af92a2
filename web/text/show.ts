import type { ApiSite } from '../../src/protocol/api.ts';
import type { MapOp } from '../../src/protocol/map_op.ts';
import { rate } from '../../src/protocol/text/numbers.ts';
import { printable } from '../../src/protocol/text/printable.ts';
import { fileLine } from '../../src/protocol/text/words.ts';

export { bytes, counted, grouped, rate, shortly } from '../../src/protocol/text/numbers.ts';
export { printable } from '../../src/protocol/text/printable.ts';
export { fileLine, OP_WORDS, percent } from '../../src/protocol/text/words.ts';

/** In the order in which they matter to who looks for lost entries. */
export const OPS: readonly MapOp[] = ['delete', 'assign', 'clear', 'grow', 'access', 'iterate'];

/** `12.3/s` */
export const perSecond = (n: number): string => `${rate(n)}/s`;

/** Go's name without the path of its package: `shop.(*Cache).evict`. */
export const shortFunction = (name: string): string => printable(name.slice(name.lastIndexOf('/') + 1));

/** `shop.(*Cache).evict cache.go:82` */
export function siteText(site: ApiSite): string {
  const place = fileLine(site.file, site.line);
  return place === '' ? shortFunction(site.function) : `${shortFunction(site.function)} ${printable(place)}`;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `12:01:33`, in the zone of the browser. */
export function clock(ms: number, millis = false): string {
  const at = new Date(ms);
  const text = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return millis ? `${text}.${String(at.getMilliseconds()).padStart(3, '0')}` : text;
}

/** `2026-03-01 12:01:33`; without the day where it is that of `beside`. */
export function moment(ms: number, beside?: number): string {
  const at = new Date(ms);
  if (beside !== undefined && new Date(beside).toDateString() === at.toDateString()) return clock(ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(ms)}`;
}

/** `GMT+2` */
export function zoneName(ms: number): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(ms);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** `45 s`, `12 min`, `3 h 5 min`, `2 d`: how long something lasted or is ago. */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60)
    return seconds % 60 === 0 || minutes >= 10 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d`;
}
