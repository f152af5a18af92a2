import { view } from '../../binary/elf/bounded_reader.ts';
import type { GoField, GoType } from '../../go/debug/go_type.ts';
import { runtimeType } from '../../go/debug/runtime_type.ts';
import { type Addr, addr } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { Program } from './program.ts';

/** A value somewhere in a program: its type, and its bytes for reading. */
export interface Place {
  readonly type: GoType;
  /** Undefined for a value that no memory holds as a whole: a local variable in pieces. */
  readonly address: Addr | undefined;
  /** `length` bytes from the value's byte `offset`; undefined when not all can be read. */
  read(offset: number, length: number): Uint8Array | undefined;
}

/** A value in memory. */
export function placeAt(memory: ByteSource, address: Addr, type: GoType): Place {
  return { type, address, read: (offset, length) => memory.read(address + offset, length) };
}

/** A part of a value: a field, or an element of an array. */
export function partOf(place: Place, offset: number, type: GoType): Place {
  return {
    type,
    address: place.address === undefined ? undefined : addr(place.address + offset),
    read: (at, length) => place.read(offset + at, length),
  };
}

/** A value whose bytes were gathered from several places. */
export function placeOfBytes(bytes: Uint8Array, type: GoType): Place {
  return {
    type,
    address: undefined,
    read: (at, length) => (at + length > bytes.length ? undefined : bytes.subarray(at, at + length)),
  };
}

/** The 64-bit word at an offset of a value. */
export function wordOf(place: Place, offset: number): number | undefined {
  const bytes = place.read(offset, 8);
  return bytes === undefined ? undefined : Number(view(bytes).getBigUint64(0, true));
}

/** Why a step from one value to the next leads nowhere. */
export type Obstacle = 'nil' | 'unreadable' | 'unknown-type';

/** What a pointer points to. */
export function pointee(memory: ByteSource, place: Place): Place | Obstacle {
  const target = wordOf(place, 0);
  if (target === undefined) return 'unreadable';
  if (target === 0) return 'nil';
  const type = place.type.elem();
  return type === undefined ? 'unknown-type' : placeAt(memory, addr(target), type);
}

/**
 * What an atomic.Pointer[T] is at heart: a *T. Undefined for other types. Its fields are `_ [0]*T`, `_ noCopy`,
 * `v unsafe.Pointer`: go1.19–1.27 src/sync/atomic/type.go.
 */
export function atomicPointer(place: Place): Place | undefined {
  if (place.type.kind !== 'struct' || !/^(?:sync\/)?atomic\.Pointer\[/.test(place.type.fullName))
    return undefined;
  const fields = place.type.fields();
  const type = fields?.find((field) => field.type.kind === 'array')?.type.elem();
  const value = fields?.find((field) => field.name === 'v');
  return type?.kind === 'pointer' && value !== undefined ? partOf(place, value.offset, type) : undefined;
}

/**
 * What an interface holds. go1.18–1.27 src/runtime/runtime2.go, eface and iface; the type of an itab is its
 * second word (src/internal/abi/iface.go, before 1.22 runtime2.go).
 */
export function held(program: Program, place: Place): Place | Obstacle {
  const methods = place.type.hasMethods();
  const first = wordOf(place, 0);
  const data = wordOf(place, 8);
  if (first === undefined || data === undefined) return 'unreadable';
  if (first === 0) return 'nil';
  if (methods === undefined) return 'unknown-type';
  return heldBy(program, place, methods ? wordAt(program.memory, first + 8) : first, data);
}

function heldBy(
  program: Program,
  place: Place,
  descriptor: number | undefined,
  data: number,
): Place | Obstacle {
  if (descriptor === undefined) return 'unreadable';
  const type = runtimeType(program.types, addr(descriptor));
  if (type === undefined) return 'unknown-type';
  if (program.types.head(addr(descriptor))?.direct === true) return partOf(place, 8, type);
  return placeAt(program.memory, addr(data), type);
}

/** Data and length of a slice. */
export function sliceOf(place: Place): { readonly data: Addr; readonly length: number } | undefined {
  const data = wordOf(place, 0);
  const length = wordOf(place, 8);
  return data === undefined || length === undefined ? undefined : { data: addr(data), length };
}

/** A field found by name, with the embedded fields on the way to it. */
export interface FieldPath {
  readonly path: readonly GoField[];
}

const MAX_EMBEDDING = 8;

/** The field that a selector means: of the struct itself, or promoted from an embedded one at the least depth. */
export function findField(type: GoType, name: string): FieldPath | undefined {
  let level: FieldPath[] = [{ path: [] }];
  const seen = new Set<string>();
  for (let depth = 0; depth < MAX_EMBEDDING && level.length > 0; depth++) {
    const next: FieldPath[] = [];
    for (const { path } of level) {
      const struct = structOf(path.at(-1)?.type ?? type);
      for (const field of struct?.fields() ?? []) {
        if (field.name === name) return { path: [...path, field] };
        if (!field.embedded || seen.has(field.type.fullName)) continue;
        seen.add(field.type.fullName);
        next.push({ path: [...path, field] });
      }
    }
    level = next;
  }
  return undefined;
}

/** The type itself, or what it points to. */
export const structOf = (type: GoType): GoType | undefined => (type.kind === 'pointer' ? type.elem() : type);

export function wordAt(memory: ByteSource, address: number): number | undefined {
  const bytes = memory.read(address, 8);
  return bytes === undefined ? undefined : Number(view(bytes).getBigUint64(0, true));
}
