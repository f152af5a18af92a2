/** Offsets of the fields of runtime.moduledata that are used. */
export interface ModuleFields {
  readonly text: number;
  readonly etext: number;
  readonly types: number;
  readonly etypes: number;
  /** Base of inline trees and other function data. */
  readonly gofunc: number;
  /** Slice of offsets of type descriptors; gone in 1.27. */
  readonly typelinks: number | undefined;
  /** Length in bytes of the descriptors at `types`; from 1.27 on. */
  readonly typedesclen: number | undefined;
}

const COMMON = { text: 176, etext: 184, typedesclen: undefined };

/** goX/src/runtime/symtab.go, type moduledata; checked against DWARF. */
const FIELDS: Readonly<Record<number, ModuleFields>> = {
  18: { ...COMMON, types: 280, etypes: 288, gofunc: 304, typelinks: 336 },
  19: { ...COMMON, types: 280, etypes: 288, gofunc: 304, typelinks: 336 },
  20: { ...COMMON, types: 296, etypes: 304, gofunc: 320, typelinks: 352 },
  21: { ...COMMON, types: 296, etypes: 304, gofunc: 320, typelinks: 352 },
  22: { ...COMMON, types: 296, etypes: 304, gofunc: 320, typelinks: 352 },
  23: { ...COMMON, types: 296, etypes: 304, gofunc: 320, typelinks: 352 },
  24: { ...COMMON, types: 296, etypes: 304, gofunc: 320, typelinks: 352 },
  25: { ...COMMON, types: 296, etypes: 304, gofunc: 320, typelinks: 352 },
  26: { ...COMMON, types: 296, etypes: 304, gofunc: 320, typelinks: 360 },
  27: { ...COMMON, types: 296, etypes: 312, gofunc: 344, typelinks: undefined, typedesclen: 304 },
};

export function moduleFields(minor: number): ModuleFields {
  const fields = FIELDS[minor];
  if (fields === undefined) throw new Error(`internal: no moduledata of Go 1.${minor}`);
  return fields;
}
