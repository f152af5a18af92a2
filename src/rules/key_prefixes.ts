import { prefixLength } from '../model/key_prefix.ts';

/** Separators up to which beginnings are told apart. */
const LEVELS = 3;
/** Stands for an escape: neither a digit nor a separator. */
const ESCAPED = 1;

/**
 * What a string key begins with, at each of its separators, in Go syntax without the closing quote: `"sess:` and
 * `"sess:eu-` of `"sess:eu-91af"`. None of a key that is no string, or that stands for itself.
 */
export function keyPrefixes(text: string): string[] {
  if (!text.startsWith('"')) return [];
  const ends: number[] = [];
  const units: number[] = [];
  for (let at = 1; at < text.length && text[at] !== '"';) {
    const length = unitLength(text, at);
    units.push(length === 1 ? Math.min(text.charCodeAt(at), 0xff) : ESCAPED);
    ends.push((at += length));
  }
  const bytes = Uint8Array.from(units);
  const prefixes: string[] = [];
  for (let end = 0; prefixes.length < LEVELS;) {
    const more = prefixLength(bytes, end, bytes.length - end);
    if (more === 0) break;
    end += more;
    prefixes.push(text.slice(0, ends[end - 1]));
  }
  return prefixes;
}

/** Characters of an escape as strconv.Quote writes it. */
function unitLength(text: string, at: number): number {
  if (text[at] !== '\\') return 1;
  return ESCAPES.get(text[at + 1] ?? '') ?? 2;
}

/** Lengths of those that are longer than two. */
const ESCAPES: ReadonlyMap<string, number> = new Map([
  ['x', 4],
  ['u', 6],
  ['U', 10],
]);
