import { view } from '../../binary/elf/bounded_reader.ts';
import { chasesOf } from '../../go/types/key_plan.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import type { KeyValue } from '../../inspect/hash/key_value.ts';
import { type Addr, addr } from '../../model/addr.ts';
import type { CapturedKey, CapturedPart } from '../../stream/key_capture.ts';

/**
 * Whether a captured key is the wanted one. `cut`: as far as it was captured, and as long as that; `unknown`:
 * it could not be read.
 */
export type Likeness = 'same' | 'cut' | 'other' | 'unknown';

/** Where a value's bytes are, and what was fetched of what they refer to. */
interface Captured {
  readonly bytes: Uint8Array;
  /** By the offset of a string's header or an interface; undefined where nothing was fetched. */
  readonly part: (offset: number) => CapturedPart | undefined;
  /** What a part that was not fetched says: that the kernel fetches no more, or did not know the type yet. */
  readonly missing: Likeness;
}

/**
 * Compares a wanted key with what the probe captured of one, as Go's == does, but that a NaN equals every NaN: it
 * would otherwise never be found. `declared`: the key's type; undefined for the `any` of a sync.Map.
 */
export function capturedEqual(
  types: TypeReader,
  declared: Addr | undefined,
  wanted: KeyValue,
  key: CapturedKey,
): Likeness {
  if (key.unreadable) return 'unknown';
  let value: KeyValue | undefined = wanted;
  let type = declared;
  if (wanted.kind === 'interface') {
    if (wanted.value === undefined || key.keyType === 0)
      return wanted.value === undefined && key.keyType === 0 ? 'same' : 'other';
    if (wanted.type !== key.keyType) return 'other';
    [value, type] = [wanted.value, wanted.type];
  }
  if (type === undefined) return 'unknown';
  if (key.form === 'string') {
    const text = soleText(value);
    return text === undefined ? 'other' : textEqual(text, key);
  }
  return compare(types, type, value, 0, {
    bytes: key.bytes,
    part: partsOf(types, type, key),
    missing: key.unplanned ? 'unknown' : 'cut',
  });
}

function compare(types: TypeReader, type: Addr, wanted: KeyValue, at: number, from: Captured): Likeness {
  if (wanted.kind === 'string') return partEqual(wanted.text, from.part(at)) ?? from.missing;
  if (wanted.kind === 'interface') return heldEqual(types, wanted, from.part(at)) ?? from.missing;
  if (wanted.kind === 'struct') {
    const fields = types.fields(type) ?? [];
    return all(wanted.fields, ({ name, type: of, value }, i) =>
      name === '_' ? 'same' : compare(types, of, value, at + (fields[i]?.offset ?? 0), from),
    );
  }
  if (wanted.kind === 'array') {
    const size = types.head(wanted.elem)?.size ?? 0;
    return all(wanted.items, (item, i) => compare(types, wanted.elem, item, at + i * size, from));
  }
  const end = at + wanted.bytes.length;
  if (end > from.bytes.length) return 'cut';
  const same = plainEqual(types.head(type)?.kind, wanted.bytes, from.bytes.subarray(at, end));
  return same ? 'same' : 'other';
}

/** One difference decides, wherever it is. */
function all<T>(parts: readonly T[], one: (part: T, index: number) => Likeness): Likeness {
  let likeness: Likeness = 'same';
  for (const [i, part] of parts.entries()) {
    const of = one(part, i);
    if (of === 'other') return 'other';
    if (of === 'unknown' || likeness === 'same') likeness = of;
  }
  return likeness;
}

function partEqual(text: Uint8Array, part: CapturedPart | undefined): Likeness | undefined {
  if (part === undefined) return undefined;
  return part.unreadable ? 'unknown' : textEqual(text, part);
}

function textEqual(text: Uint8Array, { bytes, length }: Pick<CapturedPart, 'bytes' | 'length'>): Likeness {
  if (text.length !== length) return 'other';
  if (Buffer.compare(text.subarray(0, bytes.length), bytes) !== 0) return 'other';
  return bytes.length < length ? 'cut' : 'same';
}

function heldEqual(
  types: TypeReader,
  wanted: KeyValue & { readonly kind: 'interface' },
  part: CapturedPart | undefined,
): Likeness | undefined {
  if (part === undefined) return undefined;
  if (part.unreadable) return 'unknown';
  if (wanted.value === undefined) return part.type === 0 ? 'same' : 'other';
  if (wanted.type !== part.type) return 'other';
  if (wanted.value.kind === 'string') return textEqual(wanted.value.text, part);
  return compare(types, wanted.type, wanted.value, 0, {
    bytes: part.bytes,
    part: () => undefined,
    missing: 'cut',
  });
}

/** The text of a key that is passed as a string: it is one, or a struct or array of nothing else. */
function soleText(value: KeyValue): Uint8Array | undefined {
  if (value.kind === 'string') return value.text;
  const inside =
    value.kind === 'struct' ? value.fields.map((f) => f.value) : value.kind === 'array' ? value.items : [];
  return inside.map(soleText).find((text) => text !== undefined);
}

function partsOf(types: TypeReader, type: Addr, key: CapturedKey): Captured['part'] {
  if (key.parts.every((part) => part === undefined)) return () => undefined;
  const chases = chasesOf(types, type);
  return (offset) => key.parts[chases.findIndex((chase) => chase.offset === offset)];
}

const floats: Readonly<Record<string, (words: DataView) => number[]>> = {
  float32: (words) => [words.getFloat32(0, true)],
  float64: (words) => [words.getFloat64(0, true)],
  complex64: (words) => [words.getFloat32(0, true), words.getFloat32(4, true)],
  complex128: (words) => [words.getFloat64(0, true), words.getFloat64(8, true)],
};

function plainEqual(kind: string | undefined, a: Uint8Array, b: Uint8Array): boolean {
  const numbers = floats[kind ?? ''];
  if (numbers === undefined) return Buffer.compare(a, b) === 0;
  const others = numbers(view(b));
  return numbers(view(a)).every(
    (n, i) => n === others[i] || (Number.isNaN(n) && Number.isNaN(others[i] ?? 0)),
  );
}

/** The types of what a captured key holds in interfaces, by their names. */
export function typesIn(types: TypeReader, key: CapturedKey): ReadonlyMap<string, Addr> {
  const held = [key.keyType, ...key.parts.map((part) => part?.type ?? 0)].filter((type) => type !== 0);
  return new Map(
    held.flatMap((type) => {
      const name = types.nameOf(addr(type));
      return name === undefined ? [] : [[name, addr(type)] as const];
    }),
  );
}
