import type { EventBatch } from '../model/event_batch.ts';
import {
  FACTS_AREA,
  FLAG_KEY_UNREADABLE,
  KEY_AREA,
  KEY_BODY,
  KEY_BYTES,
  KEY_NONE,
  KEY_PART,
  KEY_PART_MAX,
  KEY_RAW_MAX,
  KEY_TEXT_MAX,
  KEY_WORD,
  LABELS_AREA,
  MAX_CHASES,
  PART_UNREADABLE,
} from '../model/record.ts';
import { Columns } from './columns.ts';

/**
 * Rows that wait for their outcome, or for that of an earlier row, with a copy of their keys, facts, labels and frames.
 * Nearly always few: the operations that were under way when the rings were drained.
 */
export class WaitingRows {
  columns = new Columns(256);
  #payload = new Uint8Array(1 << 14);
  #used = 0;

  get length(): number {
    return this.columns.length;
  }

  /** Copies the rows of a batch from `first` on. */
  append(batch: Columns, first: number): void {
    const from = this.columns.length;
    this.#ensureRows(from + batch.length - first);
    const columns = this.columns;
    columns.appendRows(batch, first);
    for (let row = from; row < columns.length; row++) this.#copyTail(columns, row, batch.payload);
    columns.payload = this.#payload;
  }

  /** Forgets the rows before `first`. */
  drop(first: number): void {
    const columns = this.columns;
    columns.dropRows(first);
    const kept = firstTail(columns) ?? this.#used;
    this.#payload.copyWithin(0, kept, this.#used);
    this.#used -= kept;
    for (let row = 0; row < columns.length; row++) {
      if ((columns.keyAt[row] ?? -1) >= 0) columns.keyAt[row] = (columns.keyAt[row] ?? 0) - kept;
      if ((columns.factsAt[row] ?? -1) >= 0) columns.factsAt[row] = (columns.factsAt[row] ?? 0) - kept;
      if ((columns.labelsAt[row] ?? -1) >= 0) columns.labelsAt[row] = (columns.labelsAt[row] ?? 0) - kept;
      if ((columns.framesAt[row] ?? -1) >= 0) columns.framesAt[row] = (columns.framesAt[row] ?? 0) - kept;
    }
  }

  #copyTail(columns: Columns, row: number, source: Uint8Array): void {
    const keyAt = columns.keyAt[row] ?? -1;
    if (keyAt >= 0) columns.keyAt[row] = this.#copyKey(columns, row, source, keyAt);
    const factsAt = columns.factsAt[row] ?? -1;
    if (factsAt >= 0) columns.factsAt[row] = this.#copy(source, factsAt, FACTS_AREA);
    const labelsAt = columns.labelsAt[row] ?? -1;
    if (labelsAt >= 0) columns.labelsAt[row] = this.#copy(source, labelsAt, LABELS_AREA);
    const framesAt = columns.framesAt[row] ?? -1;
    if (framesAt >= 0)
      columns.framesAt[row] = this.#copy(source, framesAt, (columns.frameCount[row] ?? 0) * 8);
  }

  #copyKey(columns: Columns, row: number, source: Uint8Array, at: number): number {
    const valid = validKeyBytes(columns, row);
    if (columns.keyForm[row] !== KEY_BYTES) return this.#copy(source, at, valid);
    const to = this.#copy(source, at, Math.min(valid, KEY_RAW_MAX));
    this.#take(to, KEY_AREA);
    for (let part = 0; part < MAX_CHASES; part++) {
      const offset = KEY_BODY.part + part * KEY_BODY.partSize;
      this.#put(to + offset, source, at + offset, partBytes(source, at + offset));
    }
    return to;
  }

  #copy(source: Uint8Array, at: number, length: number): number {
    const to = this.#used;
    this.#take(to, length);
    this.#put(to, source, at, length);
    return to;
  }

  #put(to: number, source: Uint8Array, at: number, length: number): void {
    this.#payload.set(source.subarray(at, at + length), to);
  }

  /** Makes the `length` bytes from `from` on ours. */
  #take(from: number, length: number): void {
    this.#used = from + ((length + 7) & ~7);
    if (this.#used <= this.#payload.length) return;
    const larger = new Uint8Array(Math.max(this.#used, this.#payload.length * 2));
    larger.set(this.#payload);
    this.#payload = larger;
    this.columns.payload = larger;
  }

  #ensureRows(rows: number): void {
    if (rows <= this.columns.capacity) return;
    const larger = new Columns(2 ** Math.ceil(Math.log2(rows)));
    larger.appendRows(this.columns, 0);
    larger.payload = this.columns.payload;
    this.columns = larger;
  }
}

/** Bytes of the key area that mean something (of KEY_BYTES: of its raw part); an unreadable key has its address there. */
function validKeyBytes(columns: EventBatch, row: number): number {
  const stored = storedKeyBytes(columns, row);
  return ((columns.flags[row] ?? 0) & FLAG_KEY_UNREADABLE) !== 0 ? Math.max(stored, 8) : stored;
}

/** Bytes of a key that were fetched: of its register, its text or its memory. */
export function storedKeyBytes(batch: EventBatch, row: number): number {
  const form = batch.keyForm[row] ?? KEY_NONE;
  if (form === KEY_WORD) return 8;
  return Math.min(batch.keyStored[row] ?? 0, form === KEY_BYTES ? KEY_RAW_MAX : KEY_TEXT_MAX);
}

/** Bytes of a chased part that mean something, its head included. */
function partBytes(source: Uint8Array, at: number): number {
  const low = source[at + KEY_PART.stored] ?? 0;
  const unreadable = source[at + KEY_PART.state] === PART_UNREADABLE;
  return KEY_PART.bytes + Math.min(unreadable ? 8 : low, KEY_PART_MAX);
}

/** Where the first of the rows' keys, facts, labels and frames lies; they lie in the order of rows. */
function firstTail(columns: Columns): number | undefined {
  for (let row = 0; row < columns.length; row++) {
    const key = columns.keyAt[row] ?? -1;
    const facts = columns.factsAt[row] ?? -1;
    const labels = columns.labelsAt[row] ?? -1;
    const frames = columns.framesAt[row] ?? -1;
    if (key >= 0) return key;
    if (facts >= 0) return facts;
    if (labels >= 0) return labels;
    if (frames >= 0) return frames;
  }
  return undefined;
}
