import { parseGoLiteral } from '../../model/go_literal.ts';
import type { MapOp } from '../../model/map_op.ts';
import type { TraceEvent } from '../../protocol/event.ts';
import { prefixLength } from '../../model/key_prefix.ts';
import { prefixLabel } from '../prefix_label.ts';

/** Prefixes that are counted at a time; what comes beyond is left out, and counted as that. */
const MOST = 65_536;

/** Keys of one kind: what they begin with, in Go syntax. */
export interface PrefixCount {
  readonly pid: number | undefined;
  readonly op: MapOp;
  readonly mapType: string | undefined;
  /** `"sess:`; a whole key where keys are no strings, or have no prefix. */
  readonly prefix: string;
  count: number;
}

/** Counts events by what their keys begin with. */
export class PrefixCounts {
  readonly #counts = new Map<string, PrefixCount>();
  #leftOut = 0;

  /** Events whose prefix found no room. */
  get leftOut(): number {
    return this.#leftOut;
  }

  get all(): readonly PrefixCount[] {
    return [...this.#counts.values()];
  }

  /** Nothing is counted of an event whose key is not known. */
  add({ pid, op, map, key }: TraceEvent): void {
    if (key?.text === undefined) return;
    const prefix = keyPrefix(key.text);
    const name = `${pid ?? ''} ${op} ${map.type ?? ''} ${prefix}`;
    const known = this.#counts.get(name);
    if (known !== undefined) known.count++;
    else if (this.#counts.size >= MOST) this.#leftOut++;
    else this.#counts.set(name, { pid, op, mapType: map.type, prefix, count: 1 });
  }
}

/** Separators up to which beginnings are told apart. */
const LEVELS = 3;

/** What a string key begins with, at each of its separators: `"sess:` and `"sess:eu-` of `"sess:eu-91af"`. */
export function keyPrefixes(text: string): string[] {
  const literal = text.startsWith('"') ? parseGoLiteral(text) : undefined;
  if (literal?.kind !== 'text') return [];
  const { bytes } = literal;
  const prefixes: string[] = [];
  for (let end = 0; prefixes.length < LEVELS;) {
    const more = prefixLength(bytes, end, bytes.length - end);
    if (more === 0) break;
    end += more;
    prefixes.push(prefixLabel({ form: 'text', bytes: bytes.subarray(0, end), whole: false }));
  }
  return prefixes;
}

/** What a key as Go writes it begins with: `"sess:` of `"sess:91af"`; the key itself where it stands for itself. */
export function keyPrefix(text: string): string {
  const literal = text.startsWith('"') ? parseGoLiteral(text) : undefined;
  if (literal?.kind !== 'text') return text;
  const { bytes } = literal;
  const length = prefixLength(bytes, 0, bytes.length);
  if (length === 0) return text;
  return prefixLabel({ form: 'text', bytes: bytes.subarray(0, length), whole: false });
}
