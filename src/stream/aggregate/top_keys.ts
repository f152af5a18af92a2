import { KEY_STRING, KEY_WORD, RECORD_ENTRY } from '../../model/record.ts';
import { storedKeyBytes } from '../waiting_rows.ts';
import type { TracedBatch } from '../traced_batch.ts';
import { CounterTable } from './counter_table.ts';
import { HeavyHitters } from './heavy_hitters.ts';
import { prefixLength } from '../../model/key_prefix.ts';

/** Keys that are alike, on maps of one type, under one operation. */
export interface TopKey {
  readonly pid: number;
  readonly probe: number;
  /** Map type descriptor. */
  readonly type: number;
  /** `text`: the bytes are (the beginning of) a string; `word`: the 8 bytes of a register; `shown`: what `showKey` gave. */
  readonly form: 'text' | 'word' | 'shown';
  readonly bytes: Uint8Array;
  /** Nothing follows: this is the whole key. */
  readonly whole: boolean;
  readonly atLeast: number;
  readonly atMost: number;
}

/** How keys are gathered. */
export interface TopKeysOptions {
  /** `keys`: each for itself; `prefixes`: strings by their prefix (see `prefixLength`). */
  readonly by: 'keys' | 'prefixes';
  readonly capacity?: number;
  /** One in so many rows is looked at. */
  readonly sampleEvery?: number;
  /** Longest part of a string that may be shown (`--keys=prefix:N`). */
  readonly textLimit?: number;
  /** Writes keys that are neither strings nor words; without it they are not gathered. */
  readonly showKey?: (batch: TracedBatch, row: number) => string | undefined;
}

/**
 * The most frequent keys or key prefixes of the rows that pass, in bounded memory. For use under a policy
 * that shows keys: with hashed or hidden keys there is nothing to gather.
 */
export class TopKeys {
  readonly #options: TopKeysOptions;
  readonly #hitters: HeavyHitters;
  /** Numbers of combinations; the form stands in the column for maps. */
  readonly #groups = new CounterTable();
  #tick = 0;

  constructor(options: TopKeysOptions) {
    this.#options = options;
    this.#hitters = new HeavyHitters(options.capacity ?? 1024, WIDTH);
  }

  /** Keys gathered: of sampled rows only. */
  get total(): number {
    return this.#hitters.total;
  }

  add(batch: TracedBatch): void {
    const every = this.#options.sampleEvery ?? 1;
    for (let row = 0; row < batch.length; row++) {
      if (batch.kind[row] !== RECORD_ENTRY || (batch.keyAt[row] ?? -1) < 0) continue;
      if (++this.#tick < every) continue;
      this.#tick = 0;
      this.#addRow(batch, row);
    }
  }

  /** The `n` most frequent, and how many keys were others: together exactly `total`. */
  top(n: number): { readonly keys: readonly TopKey[]; readonly other: number } {
    const { hitters, other } = this.#hitters.top(n);
    const keys = hitters.map(({ group, bytes, atLeast, atMost }) => {
      const { pid, probe, type, map } = this.#groups;
      const code = map[group] ?? 0;
      const form = FORMS[code >>> 1] ?? 'shown';
      const what = { pid: pid[group] ?? 0, probe: probe[group] ?? 0, type: type[group] ?? 0 };
      return { ...what, form, whole: (code & 1) === 1, bytes: bytes.slice(), atLeast, atMost };
    });
    return { keys, other };
  }

  #addRow(batch: TracedBatch, row: number): void {
    const at = batch.keyAt[row] ?? 0;
    const form = batch.keyForm[row];
    if (form === KEY_STRING) this.#addText(batch, row, at, storedKeyBytes(batch, row));
    else if (form === KEY_WORD)
      this.#hitters.add(this.#group(batch, row, 'word', true), batch.payload, at, 8);
    else this.#addShown(batch, row);
  }

  #addShown(batch: TracedBatch, row: number): void {
    const shown = this.#options.showKey?.(batch, row);
    if (shown === undefined) return;
    const bytes = new TextEncoder().encode(shown);
    this.#hitters.add(this.#group(batch, row, 'shown', bytes.length <= WIDTH), bytes, 0, bytes.length);
  }

  #addText(batch: TracedBatch, row: number, at: number, stored: number): void {
    if (stored === 0 && (batch.keySize[row] ?? 0) > 0) return;
    const prefix = this.#options.by === 'prefixes' ? prefixLength(batch.payload, at, stored) : 0;
    const limit = Math.min(this.#options.textLimit ?? WIDTH, WIDTH);
    const length = Math.min(prefix === 0 ? stored : prefix, limit);
    const group = this.#group(batch, row, 'text', length === batch.keySize[row]);
    this.#hitters.add(group, batch.payload, at, length);
  }

  #group(batch: TracedBatch, row: number, form: TopKey['form'], whole: boolean): number {
    const code = FORMS.indexOf(form) * 2 + (whole ? 1 : 0);
    return this.#groups.slot(
      batch.pid[row] ?? 0,
      code,
      batch.type[row] ?? 0,
      batch.probe[row] ?? 0,
      NO_CALLER,
    );
  }
}

const FORMS: readonly TopKey['form'][] = ['text', 'word', 'shown'];
/** Not `OTHER`: these combinations are few, and each is wanted. */
const NO_CALLER = 1;

/** Bytes of a key by which it is told from others. */
const WIDTH = 64;
