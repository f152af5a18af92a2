import { literalRegex } from '../../base/literal_regex.ts';
import type { MapOp } from '../../model/map_op.ts';
import { parseOps } from './ops.ts';
import { pointAt } from './point_at.ts';
import { regexOf } from './regex.ts';
import { usageError } from './usage_error.ts';

/** Operations, and maps by their type or by a variable. */
export interface OnFilter {
  readonly ops: readonly MapOp[];
  /** Regular expression on the map's type. */
  readonly map?: string;
  /** The same as it was written, where it can also be the path of a variable. */
  readonly path?: string;
}

const regex = regexOf('--on');

/** `delete,clear map[string]*shop.Session`, `delete main.cache.sessions`: operations, then the map where it matters. */
export function parseOn(text: string): OnFilter {
  const [, words = '', type] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(text) ?? [];
  const ops = parseOps(words);
  if (type === undefined || type === '') return { ops };
  const unclosed = /^\*?map\[/.test(type) ? unclosedBracket(type) : undefined;
  if (unclosed !== undefined)
    throw usageError(
      'on',
      `--on: a bracket of the type is not closed\n${pointAt(text, text.indexOf(type) + unclosed)}`,
      {
        hint: `Write the whole type, or let * stand for the rest: --on '${words} ${type.slice(0, unclosed)}[*'`,
      },
    );
  return { ops, map: typePattern(type), ...(isPath(type) ? { path: type } : {}) };
}

/** What has a dot in a name and is no map type can be a variable. */
const isPath = (text: string): boolean =>
  /^[\w(*]/.test(text) && /\w\.\w/.test(text) && !/^\*?map\[/.test(text);

/** Where the last bracket stands that nothing closes; undefined where all are, or a `*` may stand for what does. */
function unclosedBracket(type: string): number | undefined {
  const open: number[] = [];
  for (let i = 0; i < type.length; i++) {
    if (type.charAt(i) === '[') open.push(i);
    else if (type.charAt(i) === ']') open.pop();
    else if (type.charAt(i) === '*' && !isPointer(type, i)) return undefined;
  }
  return open.at(-1);
}

/** `/regex/`, or a type as Go writes it in which `*` is any text wherever it cannot be a pointer. */
function typePattern(type: string): string {
  if (type.length > 2 && type.startsWith('/') && type.endsWith('/')) return regex(type.slice(1, -1));
  let pattern = '';
  for (let i = 0; i < type.length; i++) {
    const char = type.charAt(i);
    pattern += char === '*' && !isPointer(type, i) ? '.*' : literalRegex(char);
  }
  return `^${pattern}$`;
}

/** A pointer's star stands before a type, and behind a bracket, a pointer or a space: `map[*K][]**pkg.V`. */
const isPointer = (type: string, at: number): boolean =>
  /[\w[(*<]/.test(type.charAt(at + 1)) && /[\][*( ,]/.test(type.charAt(at - 1));
