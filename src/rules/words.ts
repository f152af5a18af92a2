import type { SiteRef } from '../model/window.ts';
import type { MapOp } from '../model/map_op.ts';
import { placeLabel } from '../protocol/text/labels.ts';
import { rate, spoken } from '../protocol/text/numbers.ts';
import { printable } from '../protocol/text/printable.ts';
import { OP_WORDS } from '../protocol/text/words.ts';

/** `deletes`, `deletes and clears` */
export const opsWords = (ops: readonly MapOp[]): string => ops.map((op) => OP_WORDS[op]).join(' and ');

/** `2,140 deletes/s` */
export const rateOf = (perSecond: number, ops: readonly MapOp[]): string =>
  `${rate(perSecond)} ${opsWords(ops)}/s`;

/** `map[string]*shop.Session`, or what stands for it. */
export const typeWords = (mapType: string | undefined): string =>
  mapType === undefined ? 'a map of unknown type' : printable(mapType);

/** `cache.(*Cache).evict cache.go:88`, or what stands for it. */
export const siteWords = (site: SiteRef | undefined): string =>
  site === undefined ? 'a place that is not known' : placeLabel(site);

/** `an assign`, `a delete`. */
export const anOp = (op: MapOp): string => `${/^[aeiou]/.test(op) ? 'an' : 'a'} ${op}`;

/** `"sess:eu-…"`: what keys begin with. */
export const prefixWords = (prefix: string): string => `${printable(prefix)}…"`;

/** `one in 100 is sampled`; empty where all are. */
export const sampledWords = (every: number): string =>
  every <= 1 ? '' : ` (one event in ${every.toLocaleString('en-US')} is kept)`;

/** `, for 4 s of that: the rest was not counted`; empty where all of it was. */
export const partWords = (countedMs: number, windowMs: number): string =>
  countedMs >= windowMs ? '' : `, for ${spoken(countedMs)} of that: the rest was not counted`;
