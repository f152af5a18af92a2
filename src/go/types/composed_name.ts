import { type Addr, addr } from '../../model/addr.ts';
import { quote } from '../value/quote.ts';
import type { Kind } from './kinds.ts';

/** What is asked about a type of which only the kind is known yet. */
export interface TypeParts {
  nameOf(type: Addr): string | undefined;
  /** The descriptor's 64-bit word at an offset. */
  word(offset: number): number | undefined;
  /** The fields of a struct. */
  fields(): readonly NamedPart[] | undefined;
}

/** A field, and the tag that belongs to its type's name. */
export interface NamedPart {
  readonly name: string;
  readonly type: Addr;
  readonly embedded: boolean;
  readonly tag: Uint8Array | undefined;
}

/** reflect.ChanDir: go1.18–1.27 src/internal/abi/type.go. */
const CHAN: Readonly<Record<number, string>> = { 1: '<-chan ', 2: 'chan<- ', 3: 'chan ' };

/**
 * The name of a type that the program made at run time (reflect.MapOf, SliceOf, StructOf …), put together from those
 * of its parts as reflect does: go1.26 src/reflect/type.go, MapOf, ChanOf, StructOf. Its own name stands in a
 * table that only the runtime can look into.
 */
export function composedName(kind: Kind, parts: TypeParts): string | undefined {
  const part = (offset: number): string | undefined => {
    const at = parts.word(offset);
    return at === undefined ? undefined : parts.nameOf(addr(at));
  };
  if (kind === 'struct') return structName(parts);
  if (kind !== 'map' && kind !== 'pointer' && kind !== 'slice' && kind !== 'array' && kind !== 'chan')
    return undefined;
  const elem = part(kind === 'map' ? 56 : 48);
  if (elem === undefined) return undefined;
  switch (kind) {
    case 'map': {
      const key = part(48);
      return key === undefined ? undefined : `map[${key}]${elem}`;
    }
    case 'pointer':
      return `*${elem}`;
    case 'slice':
      return `[]${elem}`;
    case 'array': {
      const length = parts.word(64);
      return length === undefined ? undefined : `[${length}]${elem}`;
    }
    case 'chan': {
      const direction = CHAN[parts.word(56) ?? 0];
      if (direction === undefined) return undefined;
      return direction === 'chan ' && elem.startsWith('<') ? `chan (${elem})` : direction + elem;
    }
  }
}

function structName(parts: TypeParts): string | undefined {
  const fields = parts.fields();
  if (fields === undefined) return undefined;
  const texts: string[] = [];
  for (const { name, type, embedded, tag } of fields) {
    const typeName = parts.nameOf(type);
    if (typeName === undefined) return undefined;
    const text = embedded ? ` ${typeName}` : ` ${name} ${typeName}`;
    texts.push(tag === undefined ? text : `${text} ${quote(tag)}`);
  }
  return texts.length === 0 ? 'struct {}' : `struct {${texts.join(';')} }`;
}
