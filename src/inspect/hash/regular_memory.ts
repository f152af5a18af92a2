import type { TypeReader } from '../../go/types/type_reader.ts';
import type { Addr } from '../../model/addr.ts';

const PLAIN: ReadonlySet<string> = new Set([
  'bool', 'int', 'int8', 'int16', 'int32', 'int64', 'uint', 'uint8', 'uint16', 'uint32', 'uint64', 'uintptr',
  'pointer', 'chan', 'unsafePointer',
]); // prettier-ignore

/**
 * Whether values of a type are equal exactly if all their bytes are: no padding, blank fields, floats, texts or
 * interfaces. go1.26.8 src/cmd/compile/internal/types/alg.go, AMEM.
 */
export function isRegular(types: TypeReader, type: Addr): boolean {
  const head = types.head(type);
  if (head === undefined) return false;
  if (head.kind === 'array') {
    const array = types.array(type);
    return array !== undefined && (array.length === 0 || isRegular(types, array.elem));
  }
  if (head.kind !== 'struct') return PLAIN.has(head.kind);
  let end = 0;
  for (const field of types.fields(type) ?? []) {
    if (field.name === '_' || field.offset !== end || !isRegular(types, field.type)) return false;
    end += types.head(field.type)?.size ?? 0;
  }
  return end === head.size;
}

/** Fields of a struct that are hashed in one go, or one that is not plain memory. Blank fields are left out. */
export interface MemoryRun {
  readonly isMemory: boolean;
  /** In bytes from the struct's start. */
  readonly start: number;
  readonly end: number;
  /** Numbers of the fields. */
  readonly fields: readonly number[];
}

/** go1.26.8 src/cmd/compile/internal/compare/compare.go, Memrun. */
export function memoryRuns(types: TypeReader, type: Addr): MemoryRun[] {
  const runs: { isMemory: boolean; start: number; end: number; fields: number[] }[] = [];
  for (const [index, field] of (types.fields(type) ?? []).entries()) {
    if (field.name === '_') continue;
    const isMemory = isRegular(types, field.type);
    const end = field.offset + (types.head(field.type)?.size ?? 0);
    const last = runs.at(-1);
    if (
      isMemory &&
      last?.isMemory === true &&
      last.end === field.offset &&
      last.fields.at(-1) === index - 1
    ) {
      last.end = end;
      last.fields.push(index);
    } else runs.push({ isMemory, start: field.offset, end, fields: [index] });
  }
  return runs;
}
