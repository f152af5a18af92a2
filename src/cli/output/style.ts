import type { MapOp } from '../../model/map_op.ts';

/** A way to set text off. Does nothing where colours are off. */
export type Paint = (text: string) => string;

export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly op: Readonly<Record<MapOp, Paint>>;
}

/** SGR codes by hand: they are eight numbers, and text that is painted was made printable before. */
export function styleOf(color: boolean): Style {
  const paint = (on: number, off: number): Paint =>
    color ? (text) => `\x1b[${on}m${text}\x1b[${off}m` : (text) => text;
  const [red, green, yellow, blue, magenta, cyan] = [31, 32, 33, 34, 35, 36].map((code) => paint(code, 39));
  const none: Paint = (text) => text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    good: green ?? none,
    bad: red ?? none,
    warn: yellow ?? none,
    op: {
      delete: red ?? none,
      assign: green ?? none,
      clear: magenta ?? none,
      grow: yellow ?? none,
      access: blue ?? none,
      iterate: cyan ?? none,
    },
  };
}
