import { view } from '../binary/elf/bounded_reader.ts';
import { MapauditError } from '../base/errors.ts';
import { formatFloat } from '../go/value/number.ts';
import { quote } from '../go/value/quote.ts';
import type { MapType, TypeHead } from '../go/types/go_type.ts';
import type { TypeReader } from '../go/types/type_reader.ts';
import { type Addr, addr } from '../model/addr.ts';
import type { ByteSource } from '../model/byte_source.ts';
import { slotBytes } from './entries.ts';
import { type MapLookup, mapHeader, type TypedKey } from './expr/evaluate.ts';
import { liveValue } from './live_value.ts';
import { mapTypeOf } from './map_type.ts';
import type { Place } from './place/place.ts';
import type { Program } from './place/program.ts';
import { scanSteps } from './scan_map.ts';
import { SLOTS, type SlotPlace, unitShape } from './slots.ts';

/** Long enough for any key that is typed. */
const KEY_LIMITS = { text: 1 << 16, items: 1024, pointers: 0 };

/**
 * Looks keys of expressions up in maps by going through all slots: no hash is needed, and a map that changes
 * meanwhile is read as `scanMap` reads it. Keys are compared by their Go syntax.
 */
export function scanLookup(program: Program, pause: () => boolean): MapLookup {
  return (place, key) => {
    const elem = place.type.elem();
    const type = mapTypeOf(program, place.type);
    const header = mapHeader(place);
    if (elem === undefined || header === undefined) return undefined;
    const matches = matcher(program, type, key);
    const steps = scanSteps<Found | undefined>(
      { memory: program.memory, type, address: addr(header), pause },
      {
        read: (block, keyAt, elemAt, slot) => {
          const bytes = slotBytes(program, type, 'key', block, keyAt);
          if (bytes === undefined || !matches(bytes)) return undefined;
          const value = slotBytes(program, type, 'elem', block, elemAt);
          return value === undefined
            ? undefined
            : { bytes: value.slice(), at: elemAddress(type, block, elemAt, slot) };
        },
        deliver: (one) => (found ??= one),
      },
    );
    let found: Found | undefined;
    while (found === undefined && steps.next().done !== true);
    return found === undefined ? undefined : elementPlace(found, elem);
  };
}

interface Found {
  readonly bytes: Uint8Array;
  readonly at: Addr;
}

/** The element as it was when its slot was seen to be stable, and where that was. */
function elementPlace({ bytes, at }: Found, type: Place['type']): Place {
  return {
    type,
    address: at,
    read: (offset, n) => (offset + n > bytes.length ? undefined : bytes.subarray(offset, offset + n)),
  };
}

function elemAddress(type: MapType, block: Uint8Array, elemAt: number, place: SlotPlace): Addr {
  if (type.indirectElem) return addr(Number(view(block).getBigUint64(elemAt, true)));
  const { elemsAt, elemStride } = unitShape(type);
  return addr(place.address + elemsAt + (place.slot % SLOTS) * elemStride);
}

/** Whether a key's bytes are those of the key that was typed. */
function matcher({ memory, types }: Program, map: MapType, key: TypedKey): (bytes: Uint8Array) => boolean {
  const head = types.head(map.key);
  const text = (bytes: Uint8Array): string | undefined =>
    liveValue({ memory, types, limits: KEY_LIMITS, innerMap: () => undefined }, map.key, bytes)?.text;
  const wanted = head === undefined ? undefined : wantedText(types, head, key, text);
  if (head === undefined || wanted === undefined) throw wrongKey(map, head, key);
  if (head.kind !== 'string') return (bytes) => compact(text(bytes)) === compact(wanted);
  const length = textLength(memory, key);
  return (bytes) =>
    (length === undefined || Number(view(bytes).getBigUint64(8, true)) === length) && text(bytes) === wanted;
}

function textLength(memory: ByteSource, { literal, place }: TypedKey): number | undefined {
  if (literal?.kind === 'string') return literal.value.length;
  const bytes = place?.read(8, 8);
  return bytes === undefined ? undefined : Number(view(bytes).getBigUint64(0, true));
}

const INTEGER = /^u?int(?:8|16|32|64)?$|^uintptr$/;
const FLOAT = /^float(32|64)$/;
const ADDRESS: ReadonlySet<string> = new Set(['pointer', 'unsafePointer', 'chan']);

/** How a key of that type would be shown that is what was typed; undefined when it cannot be one. */
function wantedText(
  types: TypeReader,
  { kind, address }: TypeHead,
  { text, literal, place }: TypedKey,
  show: (bytes: Uint8Array) => string | undefined,
): string | undefined {
  const size = types.head(address)?.size ?? 0;
  if (place !== undefined) {
    const bytes = place.type.kind === kind && place.type.size === size ? place.read(0, size) : undefined;
    return bytes === undefined ? undefined : show(bytes);
  }
  if (literal === undefined)
    return kind === 'struct' || kind === 'array' || kind === 'interface' ? text : undefined;
  const float = FLOAT.exec(kind);
  switch (literal.kind) {
    case 'string':
      return kind === 'string' || kind === 'interface'
        ? quote(Buffer.from(literal.value, 'latin1'))
        : undefined;
    case 'bool':
      return kind === 'bool' || kind === 'interface' ? String(literal.value) : undefined;
    case 'int':
      if (ADDRESS.has(kind)) return literal.value === 0n ? 'nil' : `0x${literal.value.toString(16)}`;
      if (float !== null) return formatFloat(Number(literal.value), Number(float[1]) === 32 ? 32 : 64);
      return INTEGER.test(kind) || kind === 'interface' ? String(literal.value) : undefined;
    case 'float':
      if (float !== null) return formatFloat(literal.value, Number(float[1]) === 32 ? 32 : 64);
      return kind === 'interface' ? formatFloat(literal.value, 64) : undefined;
  }
}

/** Without the spaces that gofmt would set or not. */
function compact(text: string | undefined): string | undefined {
  return text?.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, quoted: string | undefined) => quoted ?? '');
}

function wrongKey(map: MapType, head: TypeHead | undefined, { text }: TypedKey): MapauditError {
  return new MapauditError('wrong-key', `${text} is no key of ${map.name}`, {
    fields: { key: text, type: map.name },
    hint: EXAMPLES[head?.kind ?? ''] ?? `Its keys are written as Go writes a ${head?.name ?? 'value'}.`,
  });
}

const EXAMPLES: Readonly<Record<string, string>> = {
  string: 'Its keys are strings: ["sess:91af"].',
  struct: 'Its keys are structs, with type and all fields as entries show them: [main.Pair{A: 1, B: 2}].',
  bool: 'Its keys are true and false.',
};
