import type { MapOp } from '../../src/protocol/map_op.ts';

/** Colours of the operations: told apart by people who see fewer colours, and by the dashes of their lines. */
export const OP_DASHES: Readonly<Record<MapOp, readonly number[]>> = {
  delete: [],
  assign: [8, 3],
  clear: [2, 3],
  grow: [8, 3, 2, 3],
  access: [4, 2],
  iterate: [1, 2],
};

/** A colour of the style sheet, `--delete`, as it is now. */
export function colorOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** A colour of the style sheet that lets through what lies beneath. */
export const withAlpha = (color: string, alpha: number): string =>
  `color-mix(in srgb, ${color} ${Math.round(alpha * 100)}%, transparent)`;
