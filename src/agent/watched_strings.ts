import { view } from '../binary/elf/bounded_reader.ts';
import { quote, trimCut } from '../go/value/quote.ts';
import type { ByteSource } from '../model/byte_source.ts';
import type { Hit } from '../protocol/watch.ts';
import type { KeyHit } from './watched_key.ts';

/** Bytes of a string that are shown. */
const MOST_TEXT = 64;
const WORD = 8;

interface Known {
  /** The words that the last hits left, in hexadecimal. */
  readonly words: Map<number, string>;
  /** What it was when its words were last known both. */
  text: string | undefined;
  /** Hits since then. */
  hits: number;
}

/**
 * What strings were before and after their two words were written. Their text is read later than that: it counts
 * where the words are still those that the last hit left, since the text of a string never changes while it is held.
 */
export class WatchedStrings {
  readonly #memory: ByteSource;
  readonly #known = new Map<number, Known>();

  constructor(memory: ByteSource) {
    this.#memory = memory;
  }

  /** For each hit, of those in the order of time that were told together. */
  of(hits: readonly KeyHit[]): Hit['string'][] {
    const last = new Map<number, number>();
    for (const [i, one] of hits.entries()) {
      const at = stringOf(one);
      if (at === undefined) continue;
      last.set(at, i);
      const known = this.#at(at);
      const { place, after } = one.hit;
      known.hits++;
      if (after === undefined) known.words.delete(place.address);
      else known.words.set(place.address, Buffer.from(after.bytes).toString('hex'));
    }
    return hits.map((one, i) => {
      const at = stringOf(one);
      return at === undefined || last.get(at) !== i ? undefined : this.#complete(at);
    });
  }

  #complete(at: number): Hit['string'] {
    const known = this.#at(at);
    const words = this.#memory.read(at, 2 * WORD)?.slice();
    if (words === undefined) return undefined;
    for (const from of [0, WORD]) {
      const left = known.words.get(at + from);
      if (left !== Buffer.from(words.subarray(from, from + WORD)).toString('hex')) return undefined;
    }
    const after = this.#text(words);
    if (after === undefined) return undefined;
    // Both words are written once by one store: with more hits, others came between.
    const before = known.hits <= 2 ? known.text : undefined;
    known.text = after;
    known.hits = 0;
    return { ...(before === undefined ? {} : { before }), after };
  }

  #text(words: Uint8Array): string | undefined {
    const [data, length] = [0, WORD].map((from) => Number(view(words).getBigUint64(from, true)));
    if (data === undefined || length === undefined) return undefined;
    if (length === 0) return '""';
    const text = this.#memory.read(data, Math.min(length, MOST_TEXT));
    if (text === undefined) return undefined;
    return length > MOST_TEXT ? `${quote(trimCut(text))}… (${length} bytes)` : quote(text);
  }

  #at(at: number): Known {
    const known = this.#known.get(at) ?? { words: new Map<number, string>(), text: undefined, hits: 0 };
    this.#known.set(at, known);
    return known;
  }
}

const stringOf = ({ meaning }: KeyHit): number | undefined =>
  meaning?.kind === 'part' ? meaning.string : undefined;
