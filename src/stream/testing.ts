import {
  EXIT_RECORD,
  FLAG_LABELS,
  KEY_AREA,
  KEY_BODY,
  KEY_BYTES,
  KEY_PART,
  KEY_RAW_MAX,
  KEY_STRING,
  KEY_TEXT_MAX,
  KEY_WORD,
  LABEL,
  LABEL_NAME_MAX,
  LABEL_NAME_UNREADABLE,
  LABEL_THERE,
  LABEL_VALUE_MAX,
  LABEL_VALUE_UNREADABLE,
  LABELS,
  LABELS_AREA,
  LABELS_READ,
  LABELS_UNREADABLE,
  PART_CHASED,
  RECORD,
  RECORD_ENTRY,
  RECORD_EXIT,
  RECORD_HEAD,
} from '../model/record.ts';
import type { RingChunk } from '../model/ring_chunk.ts';

/**
 * For tests and benchmarks only: records as bpf/record.h lays them out, without a kernel. Everything that
 * is not named is 0.
 */
export interface FakeRecord {
  readonly time: bigint | number;
  readonly kind?: 'entry' | 'exit';
  readonly pid?: number;
  readonly tid?: number;
  readonly probe?: number;
  readonly flags?: number;
  readonly map?: number;
  readonly count?: number;
  readonly goid?: number;
  readonly seed?: number;
  readonly type?: number;
  readonly startPc?: number;
  readonly caller?: number;
  readonly key?: FakeKey;
  readonly frames?: readonly number[];
  readonly labels?: FakeLabels;
}

/** Labels of a goroutine. A number in place of a text stands for the address of one that could not be read. */
export interface FakeLabels {
  readonly list: readonly (readonly [name: FakeLabelText, value: FakeLabelText])[];
  /** Labels of the set; by default those of the list. */
  readonly total?: number;
  readonly unreadable?: true;
}

type FakeLabelText = string | { readonly address: number; readonly length: number };

/** A chased part of a bytes key. `state` is PART_*; an unreadable one gives its address as the bytes. */
export interface FakePart {
  readonly type?: number;
  readonly bytes: Uint8Array;
  readonly length?: number;
  readonly state?: number;
}

/** A key as the kernel fetched it. `address` stands for a key that could not be read. */
export type FakeKey =
  | { readonly form: 'word'; readonly value: bigint | number; readonly size?: number }
  | {
      readonly form: 'string';
      readonly text: string | Uint8Array;
      readonly length?: number;
      readonly keyType?: number;
    }
  | { readonly form: 'string' | 'bytes'; readonly address: number; readonly length: number }
  | {
      readonly form: 'bytes';
      readonly raw: Uint8Array;
      readonly size?: number;
      readonly keyType?: number;
      readonly parts?: readonly (FakePart | undefined)[];
    };

/** What the records of one ring have in common. */
export interface FakeRing {
  /** Records have a key area. */
  readonly keyArea: boolean;
  /** Frames that each record has room for. */
  readonly frames: number;
}

/** One record's bytes. */
export function encodeRecord(record: FakeRecord, ring: FakeRing): Uint8Array {
  const exit = record.kind === 'exit';
  const headSize = RECORD_HEAD + (ring.keyArea ? KEY_AREA : 0);
  const labelsSize = record.labels === undefined ? 0 : LABELS_AREA;
  const size = exit ? EXIT_RECORD : headSize + labelsSize + ring.frames * 8;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const u64 = (at: number, value: number | bigint | undefined): void =>
    view.setBigUint64(at, BigInt.asUintN(64, BigInt(value ?? 0)), true);
  u64(RECORD.time, record.time);
  view.setUint32(RECORD.pid, record.pid ?? 0, true);
  view.setUint32(RECORD.tid, record.tid ?? 0, true);
  view.setUint16(RECORD.probe, record.probe ?? 0, true);
  view.setUint8(RECORD.kind, exit ? RECORD_EXIT : RECORD_ENTRY);
  view.setUint8(RECORD.flags, record.flags ?? 0);
  u64(RECORD.map, record.map);
  u64(RECORD.count, record.count);
  u64(RECORD.goid, record.goid);
  view.setUint32(RECORD.seed, record.seed ?? 0, true);
  if (exit) return bytes;
  u64(RECORD.type, record.type);
  u64(RECORD.startPc, record.startPc);
  u64(RECORD.caller, record.caller);
  if (ring.keyArea && record.key !== undefined) encodeKey(view, record.key, u64);
  const frames = (record.frames ?? []).slice(0, ring.frames);
  view.setUint8(RECORD.frameCount, frames.length);
  if (record.labels !== undefined) encodeLabels(view, headSize, record.labels, u64);
  const framesAt = headSize + labelsSize;
  frames.forEach((frame, i) => u64(framesAt + i * 8, frame));
  return bytes;
}

type PutWide = (at: number, value: number | bigint | undefined) => void;

function encodeKey(view: DataView, key: FakeKey, u64: PutWide): void {
  const stored = (count: number): void => view.setUint16(RECORD.keyStored, count, true);
  const bytes = new Uint8Array(view.buffer);
  if (key.form === 'word') {
    view.setUint8(RECORD.keyForm, KEY_WORD);
    u64(RECORD.key, key.value);
    u64(RECORD.keySize, key.size ?? 8);
    stored(8);
    return;
  }
  view.setUint8(RECORD.keyForm, key.form === 'string' ? KEY_STRING : KEY_BYTES);
  if ('address' in key) {
    u64(RECORD.key, key.address);
    u64(RECORD.keySize, key.length);
    return;
  }
  u64(RECORD.keyType, key.keyType);
  const text = key.form === 'string' ? bytesOf(key.text) : key.raw;
  const valid = text.subarray(0, key.form === 'string' ? KEY_TEXT_MAX : KEY_RAW_MAX);
  bytes.set(valid, RECORD.key);
  stored(valid.length);
  u64(RECORD.keySize, (key.form === 'string' ? key.length : key.size) ?? text.length);
  if (key.form === 'bytes') (key.parts ?? []).forEach((part, i) => part && encodePart(view, i, part, u64));
}

function encodeLabels(
  view: DataView,
  from: number,
  { list, total, unreadable }: FakeLabels,
  u64: PutWide,
): void {
  view.setUint8(RECORD.flags, view.getUint8(RECORD.flags) | FLAG_LABELS);
  u64(from + LABELS.total, total ?? list.length);
  u64(from + LABELS.state, unreadable === true ? LABELS_UNREADABLE : LABELS_READ);
  list.forEach(([name, value], i) => {
    const at = from + LABELS.label + i * LABEL.size;
    let state = LABEL_THERE;
    const put = (text: FakeLabelText, field: number, length: number, limit: number, flag: number): void => {
      if (typeof text !== 'string') {
        state |= flag;
        u64(at + field, text.address);
        view.setUint32(at + length, text.length, true);
        return;
      }
      const bytes = bytesOf(text);
      view.setUint32(at + length, bytes.length, true);
      new Uint8Array(view.buffer).set(bytes.subarray(0, limit), at + field);
    };
    put(name, LABEL.name, LABEL.nameLength, LABEL_NAME_MAX, LABEL_NAME_UNREADABLE);
    put(value, LABEL.value, LABEL.valueLength, LABEL_VALUE_MAX, LABEL_VALUE_UNREADABLE);
    view.setUint32(at + LABEL.state, state, true);
  });
}

function encodePart(view: DataView, index: number, part: FakePart, u64: PutWide): void {
  const at = RECORD.key + KEY_BODY.part + index * KEY_BODY.partSize;
  const state = part.state ?? PART_CHASED;
  u64(at + KEY_PART.type, part.type);
  u64(at + KEY_PART.length, part.length ?? part.bytes.length);
  view.setUint32(at + KEY_PART.stored, state === PART_CHASED ? part.bytes.length : 0, true);
  view.setUint32(at + KEY_PART.state, state, true);
  new Uint8Array(view.buffer).set(part.bytes, at + KEY_PART.bytes);
}

/** The bytes of a text, in UTF-8. */
export function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text;
}

/** Records as one chunk of one ring, each behind the 8-byte header that the kernel puts before it. */
export function chunkOf(records: readonly FakeRecord[], ring: Partial<FakeRing> = {}): RingChunk {
  const encoded = records.map((r) =>
    encodeRecord(r, { keyArea: ring.keyArea ?? true, frames: ring.frames ?? 0 }),
  );
  const offsets = new Uint32Array(encoded.length);
  const lengths = new Uint32Array(encoded.length);
  let size = 0;
  encoded.forEach((bytes, i) => {
    offsets[i] = size + 8;
    lengths[i] = bytes.length;
    size += 8 + Math.ceil(bytes.length / 8) * 8;
  });
  const bytes = new Uint8Array(size);
  encoded.forEach((record, i) => bytes.set(record, offsets[i]));
  return { bytes, offsets, lengths, count: encoded.length };
}
