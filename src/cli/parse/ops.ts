import { MAP_OPS, type MapOp } from '../../model/map_op.ts';
import { closest } from '../../base/closest.ts';
import { usageError } from './usage_error.ts';

/** Other words for the same operations, so that nobody has to guess ours. */
const ALIASES: Readonly<Record<string, readonly MapOp[]>> = {
  all: MAP_OPS,
  writes: ['delete', 'assign', 'clear'],
  insert: ['assign'],
  update: ['assign'],
  set: ['assign'],
  read: ['access'],
  get: ['access'],
  lookup: ['access'],
  range: ['iterate'],
  growth: ['grow'],
};

const WORDS: readonly string[] = [...MAP_OPS, ...Object.keys(ALIASES)];

/** `delete,assign`, in the order of MAP_OPS and without repeats. */
export function parseOps(text: string): readonly MapOp[] {
  const wanted = new Set(text.split(',').flatMap((word) => opsOf(word.trim())));
  return MAP_OPS.filter((op) => wanted.has(op));
}

function opsOf(word: string): readonly MapOp[] {
  const op = MAP_OPS.find((known) => known === word);
  if (op !== undefined) return [op];
  if (Object.hasOwn(ALIASES, word)) return ALIASES[word] ?? [];
  const meant = closest(word, WORDS);
  const known = `Operations are ${MAP_OPS.join(', ')}, or all.`;
  throw usageError('op', word === '' ? 'an operation is missing in --op' : `"${word}" is not an operation`, {
    hint: meant === undefined ? known : `Did you mean ${meant}? ${known}`,
    fields: { op: word },
  });
}
