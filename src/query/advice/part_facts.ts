import type { PartFacts } from '../../advice/facts.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import type { Addr } from '../../model/addr.ts';

/** Kinds whose values hold no pointer. */
const PLAIN = /^(?:bool|u?int\d*|uintptr|float\d+|complex\d+)$/;
/** Structs and arrays within each other. */
const MAX_NESTING = 16;

/** A key or element type as its descriptor tells it. */
export function partFacts(types: TypeReader, type: Addr, indirect: boolean): PartFacts | undefined {
  const head = types.head(type);
  if (head === undefined) return undefined;
  const pointers = hasPointers(types, type, 0);
  return {
    type: head.name,
    kind: head.kind,
    size: head.size,
    ...(indirect ? { indirect: true } : {}),
    ...(pointers === undefined ? {} : { pointers }),
  };
}

function hasPointers(types: TypeReader, type: Addr, nesting: number): boolean | undefined {
  const kind = types.head(type)?.kind;
  if (kind === undefined || nesting > MAX_NESTING) return undefined;
  if (PLAIN.test(kind)) return false;
  if (kind === 'array') {
    const array = types.array(type);
    if (array === undefined) return undefined;
    return array.length === 0 ? false : hasPointers(types, array.elem, nesting + 1);
  }
  if (kind !== 'struct') return true;
  const fields = types.fields(type)?.map((field) => hasPointers(types, field.type, nesting + 1));
  if (fields === undefined || fields.includes(undefined)) return undefined;
  return fields.includes(true);
}
