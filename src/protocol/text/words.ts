import type { MapOp } from '../../model/map_op.ts';
import { spoken } from './numbers.ts';

/** How operations are called, many of them. */
export const OP_WORDS: Readonly<Record<MapOp, string>> = {
  delete: 'deletes',
  assign: 'assigns',
  clear: 'clears',
  grow: 'growths',
  access: 'reads',
  iterate: 'iterations',
};

/** `12:01:33`, UTC. */
export const clockText = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

/** `2026-03-01 12:01:33 UTC` */
export const dateText = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 10)} ${clockText(ms)} UTC`;

/** `the machine's clock was set back by 60 min` */
export const clockSetText = (byMs: number): string =>
  `the machine's clock was set ${byMs < 0 ? 'back' : 'forward'} by ${spoken(Math.abs(byMs))}${byMs < 0 ? '' : ', or the machine was asleep'}`;

/** `96 %`; `0.4 %` */
export const percent = (share: number): string =>
  `${(share * 100).toFixed(share < 0.0995 && share > 0 ? 1 : 0)} %`;

/** `cache.go:88`, without the folders; empty where the file is not known. */
export function fileLine(file: string | undefined, line: number | undefined): string {
  if (file === undefined) return '';
  return `${file.split('/').at(-1) ?? ''}${line === undefined ? '' : `:${line}`}`;
}
