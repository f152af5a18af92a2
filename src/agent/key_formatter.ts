import { type Addr, addr } from '../model/addr.ts';
import { chasesOf } from '../go/types/key_plan.ts';
import type { TypeReader } from '../go/types/type_reader.ts';
import {
  type Elsewhere,
  formatValue,
  inInterface,
  type Missing,
  type TextPart,
  type ValuePart,
  NOTHING_ELSEWHERE,
} from '../go/value/format_value.ts';
import { quote, trimCut } from '../go/value/quote.ts';
import type { CapturedKey, CapturedPart } from '../stream/key_capture.ts';
import type { FormattedKey, KeyFormatter } from '../stream/key_text.ts';

/** Writes captured keys with the types of the processes that they come from. */
export function keyFormatter(typesOf: (pid: number) => TypeReader | undefined): KeyFormatter {
  return {
    format(pid, mapType, key, arrayBytes) {
      const types = typesOf(pid);
      return types === undefined ? undefined : formatKey(types, addr(mapType), key, arrayBytes);
    },
    isText: (pid, type) => typesOf(pid)?.head(addr(type))?.kind === 'string',
  };
}

function formatKey(
  types: TypeReader,
  mapType: Addr,
  key: CapturedKey,
  arrayBytes: number | undefined,
): FormattedKey | undefined {
  // A sync.Map has no map type: its keys are of type any.
  const declared = mapType === 0 ? addr(key.keyType) : types.map(mapType)?.key;
  const declaredHead = declared === undefined || declared === 0 ? undefined : types.head(declared);
  const isInterface = mapType === 0 || declaredHead?.kind === 'interface';
  if (isInterface && key.keyType === 0)
    return { type: declaredHead?.name ?? 'interface {}', text: 'nil', truncated: false, unreadable: false };
  if (declared === undefined || declaredHead === undefined) return undefined;
  const type = isInterface ? addr(key.keyType) : declared;
  const head = types.head(type);
  if (head === undefined) return undefined;
  if (key.form === 'string' && head.kind === 'string') {
    const truncated = key.bytes.length < key.length;
    const text = truncated ? `${quote(trimCut(key.bytes))}…` : quote(key.bytes);
    return {
      type: head.name,
      text: isInterface ? inInterface(head, text) : text,
      truncated,
      unreadable: false,
    };
  }
  const elsewhere = key.form === 'string' ? soleText(key) : elsewhereOf(types, type, key);
  const value = formatValue(
    types,
    type,
    key.bytes,
    elsewhere,
    arrayBytes === undefined ? {} : { bytes: arrayBytes },
  );
  if (value === undefined) return undefined;
  const text = isInterface ? inInterface(head, value.text) : value.text;
  return { type: head.name, text, truncated: value.truncated, unreadable: value.unreadable };
}

/** A struct or array that is one string is passed as that string. */
function soleText(key: CapturedKey): Elsewhere {
  return { ...NOTHING_ELSEWHERE, text: (offset) => (offset === 0 ? key : 'not-captured') };
}

/** The parts that were fetched along with the key belong to its chases in order. */
function elsewhereOf(types: TypeReader, type: Addr, key: CapturedKey): Elsewhere {
  if (key.parts.length === 0) return NOTHING_ELSEWHERE;
  const chases = chasesOf(types, type);
  const partAt = (offset: number): CapturedPart | Missing => {
    const part = key.parts[chases.findIndex((chase) => chase.offset === offset)];
    if (part === undefined) return 'not-captured';
    return part.unreadable ? 'unreadable' : part;
  };
  return {
    text(offset): TextPart | Missing {
      return partAt(offset);
    },
    value(offset): ValuePart | Missing {
      const part = partAt(offset);
      return typeof part === 'string' ? part : { ...part, type: addr(part.type), inside: NOTHING_ELSEWHERE };
    },
  };
}
