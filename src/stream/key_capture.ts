import type { EventBatch } from '../model/event_batch.ts';
import {
  FLAG_KEY_UNPLANNED,
  FLAG_KEY_UNREADABLE,
  KEY_BODY,
  KEY_BYTES,
  KEY_NONE,
  KEY_PART,
  KEY_PART_MAX,
  KEY_STRING,
  KEY_WORD,
  MAX_CHASES,
  PART_NOT_CHASED,
  PART_UNREADABLE,
} from '../model/record.ts';
import { storedKeyBytes } from './waiting_rows.ts';
import { wide } from './wide.ts';

/** A string's text or an interface's value that was fetched along with a key. */
export interface CapturedPart {
  /** Dynamic type of an interface; 0 for a string, or a nil interface. */
  readonly type: number;
  /** True length of the text or value, in bytes. */
  readonly length: number;
  /** What was fetched of it: its first bytes. */
  readonly bytes: Uint8Array;
  /** It could not be read at the hit. */
  readonly unreadable: boolean;
  /** Where an unreadable text lies, if that is known. */
  readonly unreadableAt: number | undefined;
}

/** A key as the probe fetched it. Bytes are views, valid as long as the batch. */
export interface CapturedKey {
  /** `word`: the 8 bytes of a register; `string`: a text; `bytes`: the key's memory. */
  readonly form: 'word' | 'string' | 'bytes';
  /** What was fetched: the first bytes. */
  readonly bytes: Uint8Array;
  /** True length of the text, or size of the key's type. */
  readonly length: number;
  /** Dynamic type when the key itself is an interface, else 0. */
  readonly keyType: number;
  /** Strings and interfaces inside, in the order of the type's plan; undefined where none was fetched. */
  readonly parts: readonly (CapturedPart | undefined)[];
  /** The whole key could not be read … */
  readonly unreadable: boolean;
  /** … and, if it is a text, it lies here: one in the program's image can be read later. */
  readonly unreadableAt: number | undefined;
  /** The kernel did not know the type yet: nothing inside was fetched. */
  readonly unplanned: boolean;
}

/** The key of a row, or undefined when it has none or none was kept. */
export function captureOf(batch: EventBatch, row: number): CapturedKey | undefined {
  const at = batch.keyAt[row] ?? -1;
  const form = batch.keyForm[row] ?? KEY_NONE;
  if (at < 0 || form === KEY_NONE) return undefined;
  const flags = batch.flags[row] ?? 0;
  const { payload } = batch;
  const isUnreadable =
    form !== KEY_WORD && (flags & FLAG_KEY_UNREADABLE) !== 0 && (batch.keyStored[row] ?? 0) === 0;
  return {
    form: form === KEY_WORD ? 'word' : form === KEY_BYTES ? 'bytes' : 'string',
    bytes: payload.subarray(at, at + (isUnreadable ? 0 : storedKeyBytes(batch, row))),
    length: batch.keySize[row] ?? 0,
    keyType: batch.keyType[row] ?? 0,
    parts: form === KEY_BYTES && !isUnreadable ? partsOf(payload, at) : [],
    unreadable: isUnreadable,
    unreadableAt: isUnreadable && form === KEY_STRING ? addressAt(payload, at) : undefined,
    unplanned: (flags & FLAG_KEY_UNPLANNED) !== 0,
  };
}

function partsOf(payload: Uint8Array, key: number): (CapturedPart | undefined)[] {
  return Array.from({ length: MAX_CHASES }, (_, i) => {
    const at = key + KEY_BODY.part + i * KEY_BODY.partSize;
    const state = payload[at + KEY_PART.state] ?? PART_NOT_CHASED;
    if (state === PART_NOT_CHASED) return undefined;
    const bytes = at + KEY_PART.bytes;
    const stored = state === PART_UNREADABLE ? 0 : Math.min(payload[at + KEY_PART.stored] ?? 0, KEY_PART_MAX);
    return {
      type: wide(payload, at + KEY_PART.type),
      length: wide(payload, at + KEY_PART.length),
      bytes: payload.subarray(bytes, bytes + stored),
      unreadable: state === PART_UNREADABLE,
      unreadableAt: state === PART_UNREADABLE ? addressAt(payload, bytes) : undefined,
    };
  });
}

/** An address, 0 standing for none. */
function addressAt(bytes: Uint8Array, at: number): number | undefined {
  const address = wide(bytes, at);
  return address === 0 ? undefined : address;
}
