import { createHmac } from 'node:crypto';
import type { EventBatch } from '../model/event_batch.ts';
import { KEY_PART_MAX, KEY_TEXT_MAX } from '../model/record.ts';
import { type CapturedKey, type CapturedPart, captureOf } from './key_capture.ts';

/** How much of each key is shown. */
export type KeyMode =
  | { readonly type: 'full' }
  /** The first `length` bytes of each string and of each array of numbers, inside of keys too; other numbers are kept. */
  | { readonly type: 'prefix'; readonly length: number }
  | { readonly type: 'hash' }
  | { readonly type: 'none' };

/** A key as it may be shown: as text, as hash, or not (`unreadable`). */
export interface KeyText {
  /** Go syntax. */
  readonly text?: string;
  /** 16 hexadecimal digits. */
  readonly hash?: string;
  /** The key is longer than what was captured or asked for. */
  readonly truncated: boolean;
  /** It could not be read, or nothing is known of its type. */
  readonly unreadable: boolean;
}

/** A key in Go syntax, as a formatter wrote it. */
export interface FormattedKey {
  /** The key's type: `string`, `shop.ID`. Part of what is hashed, so that 1 and "1" differ. */
  readonly type: string;
  /** Absent when parts of it were not captured. */
  readonly text: string | undefined;
  /** Some text in it was not captured to its end. */
  readonly truncated: boolean;
  readonly unreadable: boolean;
}

/** Writes keys; knows types and how values of them are written. */
export interface KeyFormatter {
  /**
   * Writes the captured key of a map of this type, no more than `arrayBytes` of each array of numbers; undefined
   * when nothing is known of the type.
   */
  format(pid: number, mapType: number, key: CapturedKey, arrayBytes?: number): FormattedKey | undefined;
  /** Whether values of this type, found in an interface, are texts. */
  isText(pid: number, type: number): boolean;
}

/** What showing keys needs. */
export interface KeyTextOptions {
  readonly mode: KeyMode;
  readonly formatter: KeyFormatter;
  /** Random bytes of this run: without them nobody can try out which key has a hash. Needed for `hash`. */
  readonly salt: Uint8Array;
  /** Told of each key that was asked for and cannot be shown. */
  readonly onUnreadable?: () => void;
  /** Bytes of the program's read-only image, for a text that was not in memory at the hit. */
  readonly readImage?: (pid: number, address: number, length: number) => Uint8Array | undefined;
}

/** Turns the key of one row into what may be shown of it: the only place where that is decided. */
export class KeyTexts {
  readonly #options: KeyTextOptions;

  constructor(options: KeyTextOptions) {
    this.#options = options;
  }

  /** Undefined when the row has no key, or keys are not to be shown. */
  of(batch: EventBatch, row: number): KeyText | undefined {
    const { mode } = this.#options;
    if (mode.type === 'none') return undefined;
    const captured = captureOf(batch, row);
    if (captured === undefined) return undefined;
    const text = this.#shown(batch, row, captured, mode);
    if (text.unreadable) this.#options.onUnreadable?.();
    return text;
  }

  /** The key as it was captured, with what of it lies in the program's image; undefined when the row has none. */
  captured(batch: EventBatch, row: number): CapturedKey | undefined {
    const captured = captureOf(batch, row);
    return captured === undefined ? undefined : this.#complete(batch.pid[row] ?? 0, captured);
  }

  #shown(batch: EventBatch, row: number, captured: CapturedKey, mode: KeyMode): KeyText {
    const { formatter } = this.#options;
    const pid = batch.pid[row] ?? 0;
    const found = this.#complete(pid, captured);
    if (found.unreadable) return UNREADABLE;
    const shown = mode.type === 'prefix' ? this.#cut(pid, found, mode.length) : found;
    const arrayBytes = mode.type === 'prefix' ? mode.length : undefined;
    const key = formatter.format(pid, batch.type[row] ?? 0, shown, arrayBytes);
    if (key === undefined || key.unreadable || key.text === undefined) return UNREADABLE;
    // The same key would have another hash once all of it is fetched.
    if (mode.type === 'hash' && found.unplanned && key.truncated) return UNREADABLE;
    if (mode.type === 'hash')
      return { hash: this.#hash(key, found), truncated: key.truncated, unreadable: false };
    return { text: key.text, truncated: key.truncated, unreadable: false };
  }

  /**
   * The text that a string key is, as far as it was captured, without quotes and escapes; bytes that are no
   * UTF-8 stand as U+FFFD. Undefined for keys of other types.
   */
  plain(batch: EventBatch, row: number): string | undefined {
    const captured = captureOf(batch, row);
    if (captured?.form !== 'string') return undefined;
    const key = this.#complete(batch.pid[row] ?? 0, captured);
    return key.unreadable ? undefined : DECODER.decode(key.bytes);
  }

  /** The key with each of its texts cut to `length` bytes, or a little less where that would cut a character. */
  #cut(pid: number, key: CapturedKey, length: number): CapturedKey {
    if (key.form === 'string') return { ...key, bytes: cutText(key.bytes, length) };
    const isText = (part: CapturedPart): boolean =>
      part.type === 0 || this.#options.formatter.isText(pid, part.type);
    const parts = key.parts.map((part) =>
      part !== undefined && isText(part) ? { ...part, bytes: cutText(part.bytes, length) } : part,
    );
    return { ...key, parts };
  }

  /** Fetches from the program's image what was not in memory at the hit. */
  #complete(pid: number, key: CapturedKey): CapturedKey {
    const read = (address: number | undefined, length: number): Uint8Array | undefined =>
      address === undefined ? undefined : this.#options.readImage?.(pid, address, length);
    if (key.unreadable) {
      const bytes = read(key.unreadableAt, Math.min(key.length, KEY_TEXT_MAX));
      return bytes === undefined ? key : { ...key, bytes, unreadable: false, unreadableAt: undefined };
    }
    if (!key.parts.some((part) => part?.unreadable)) return key;
    const parts = key.parts.map((part): CapturedPart | undefined => {
      const bytes =
        part?.unreadable === true && part.type === 0
          ? read(part.unreadableAt, Math.min(part.length, KEY_PART_MAX))
          : undefined;
      return part === undefined || bytes === undefined
        ? part
        : { ...part, bytes, unreadable: false, unreadableAt: undefined };
    });
    return { ...key, parts };
  }

  /**
   * 64 bits over type and text, however the key was passed; of one that was not captured to its end, also over the
   * true lengths. Two keys that differ only behind that have the same.
   */
  #hash(key: FormattedKey, captured: CapturedKey): string {
    const parts = captured.form === 'string' ? [captured] : captured.parts;
    const lengths = key.truncated ? parts.map((part) => part?.length ?? 0) : [];
    const hmac = createHmac('sha256', this.#options.salt);
    hmac.update(`${key.type}\0${key.text ?? ''}\0${lengths.join()}`);
    return hmac.digest('hex').slice(0, 16);
  }
}

const UNREADABLE: KeyText = { truncated: false, unreadable: true };
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** At most `length` bytes, ending between two UTF-8 characters. */
export function cutText(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length <= length) return bytes;
  let end = length;
  // Bytes 10xxxxxx continue a character; no character has more than three of them.
  while (end > 0 && end > length - 3 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, ((bytes[end] ?? 0) & 0xc0) === 0x80 ? length : end);
}
