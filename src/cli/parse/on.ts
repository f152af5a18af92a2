import type { MapOp } from '../../model/map_op.ts';
import { parseOps } from './ops.ts';
import { regexOf } from './regex.ts';

/** Operations, and maps by their type. */
export interface OnFilter {
  readonly ops: readonly MapOp[];
  /** Regular expression on the map's type. */
  readonly map?: string;
}

const regex = regexOf('--on');

/** `delete,clear map[string]*shop.Session`: operations, then the type of the map where it matters. */
export function parseOn(text: string): OnFilter {
  const [, words = '', type] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(text) ?? [];
  const ops = parseOps(words);
  return type === undefined || type === '' ? { ops } : { ops, map: typePattern(type) };
}

/** `/regex/`, or a type as Go writes it in which `*` is any text wherever it cannot be a pointer. */
function typePattern(type: string): string {
  if (type.length > 2 && type.startsWith('/') && type.endsWith('/')) return regex(type.slice(1, -1));
  let pattern = '';
  for (let i = 0; i < type.length; i++) {
    const char = type.charAt(i);
    pattern += char === '*' && !isPointer(type, i) ? '.*' : char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  }
  return `^${pattern}$`;
}

/** A pointer's star stands before a type, and behind a bracket, a pointer or a space: `map[*K][]**pkg.V`. */
const isPointer = (type: string, at: number): boolean =>
  /[\w[(*<]/.test(type.charAt(at + 1)) && /[\][*( ,]/.test(type.charAt(at - 1));
