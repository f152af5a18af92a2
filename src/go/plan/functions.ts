import type { GoVersion, MapFlavour } from '../../model/go_version.ts';
import type { MapOp } from '../../model/map_op.ts';
import type { KeySource, Register } from '../../model/probe_plan.ts';

/** A function of Go's runtime in which a map operation begins, and how it is called. */
export interface MapFunction {
  readonly name: string;
  readonly op: MapOp;
  readonly map: Register;
  /** Absent where the function is not given it. */
  readonly type: Register | undefined;
  readonly key: KeySource;
  /** A hit that returns into one of these functions is counted there already, or is a part of something else. */
  readonly partOf: readonly string[];
  /** Functions that call this one on behalf of somebody: the caller is who called them. */
  readonly callerBeyond?: readonly string[];
  /** Probed only where its code does not call this one: the compiler has inlined it (reflect). */
  readonly unlessCalls?: string;
  /** A method of sync.Map. */
  readonly sync?: true;
}

/**
 * ABIInternal on amd64 passes integers in RAX, RBX, RCX, RDI, …; a string takes two registers.
 * go1.26.8 src/cmd/compile/abi-internal.md; the same since 1.17.
 */
const NONE: KeySource = { kind: 'none' };
const WORD4: KeySource = { kind: 'word', register: 'RCX', bytes: 4 };
const WORD8: KeySource = { kind: 'word', register: 'RCX', bytes: 8 };
const STRING: KeySource = { kind: 'string', pointer: 'RCX', length: 'RDI' };
const POINTER: KeySource = { kind: 'pointer', register: 'RCX' };

/** The parts that a Clone is made of: it inserts entries without anybody assigning them. go1.21–1.24 src/runtime/map.go. */
const CLONE = ['runtime.mapclone2', 'runtime.mapclone'];

/** `func(t *maptype, m, key)`: what the compiler calls. */
function ofRuntime(name: string, op: MapOp, key: KeySource, partOf: readonly string[] = []): MapFunction {
  return { name: `runtime.${name}`, op, map: 'RBX', type: 'RAX', key, partOf };
}

/** reflect's own copy of an operation: since 1.24 the compiler inlines the runtime's function into it. */
function ofReflect(name: string, inner: string, op: MapOp, key: KeySource): MapFunction {
  return { ...ofRuntime('', op, key), name: `reflect.${name}`, unlessCalls: `runtime.${inner}` };
}

const DELETE: readonly MapFunction[] = [
  ofRuntime('mapdelete', 'delete', POINTER),
  ofRuntime('mapdelete_fast32', 'delete', WORD4),
  ofRuntime('mapdelete_fast64', 'delete', WORD8),
  ofRuntime('mapdelete_faststr', 'delete', STRING),
  ofReflect('mapdelete', 'mapdelete', 'delete', POINTER),
];

const ASSIGN: readonly MapFunction[] = [
  ofRuntime('mapassign', 'assign', POINTER, CLONE),
  ofRuntime('mapassign_fast32', 'assign', WORD4),
  ofRuntime('mapassign_fast32ptr', 'assign', WORD4),
  ofRuntime('mapassign_fast64', 'assign', WORD8),
  ofRuntime('mapassign_fast64ptr', 'assign', WORD8),
  ofRuntime('mapassign_faststr', 'assign', STRING),
];

const CLEAR: readonly MapFunction[] = [
  ofRuntime('mapclear', 'clear', NONE),
  ofReflect('mapclear', 'mapclear', 'clear', NONE),
];

const FAT = ['runtime.mapaccess1_fat', 'runtime.mapaccess2_fat'];

const ACCESS: readonly MapFunction[] = [
  ofRuntime('mapaccess1', 'access', POINTER, FAT),
  ofRuntime('mapaccess2', 'access', POINTER, [...FAT, 'runtime.mapaccess1']),
  ofRuntime('mapaccess1_fat', 'access', POINTER),
  ofRuntime('mapaccess2_fat', 'access', POINTER),
  ofRuntime('mapaccess1_fast32', 'access', WORD4),
  ofRuntime('mapaccess2_fast32', 'access', WORD4, ['runtime.mapaccess1_fast32']),
  ofRuntime('mapaccess1_fast64', 'access', WORD8),
  ofRuntime('mapaccess2_fast64', 'access', WORD8, ['runtime.mapaccess1_fast64']),
  ofRuntime('mapaccess1_faststr', 'access', STRING),
  ofRuntime('mapaccess2_faststr', 'access', STRING, ['runtime.mapaccess1_faststr']),
];

const ITERATE_CLASSIC: readonly MapFunction[] = [ofRuntime('mapiterinit', 'iterate', NONE)];

const ITERATE_SWISS: readonly MapFunction[] = [
  ofRuntime('mapIterStart', 'iterate', NONE),
  ofReflect('mapIterStart', 'mapIterStart', 'iterate', NONE),
];

/**
 * What growth is called from: the assigns, and the copying of a Clone. Nothing else calls it, go1.18 src/runtime/map*.go
 * to go1.27 src/internal/runtime/maps/. Linked as `maps.clone`: src/runtime/map.go, mapclone.
 */
export const GROWTH_INSIDE: readonly string[] = [...ASSIGN.map((f) => f.name), ...CLONE, 'maps.clone'];

/** How each assign gets its key. */
export const KEY_OF_ASSIGN: ReadonlyMap<string, KeySource> = new Map(ASSIGN.map((f) => [f.name, f.key]));

const KINDS = ['', '_fast32', '_fast64', '_faststr'];

/** What a classic migration is carried on from: the same, and deletes. go1.18–1.23 src/runtime/map*.go, growWork and evacuate. */
export const MIGRATION_INSIDE: readonly string[] = [
  ...GROWTH_INSIDE,
  ...KINDS.flatMap((kind) => [
    `runtime.mapdelete${kind}`,
    `runtime.growWork${kind}`,
    `runtime.evacuate${kind}`,
  ]),
];

/** Classic maps grow in one function; what follows (evacuation) is spread over later writes. */
const GROW_CLASSIC: readonly MapFunction[] = [
  { ...ofRuntime('hashGrow', 'grow', NONE), callerBeyond: GROWTH_INSIDE },
];

/**
 * Swiss maps: a small map becomes a table, or a table grows or splits. `growToSmall` is left out: it makes the
 * first group of a map that had none, which is no growth. A method's receiver comes first.
 */
const GROW_SWISS: readonly MapFunction[] = [
  {
    name: 'internal/runtime/maps.(*Map).growToTable',
    op: 'grow',
    map: 'RAX',
    type: 'RBX',
    key: NONE,
    partOf: [],
    callerBeyond: GROWTH_INSIDE,
  },
  {
    name: 'internal/runtime/maps.(*table).rehash',
    op: 'grow',
    map: 'RCX',
    type: 'RBX',
    key: NONE,
    partOf: [],
    callerBeyond: GROWTH_INSIDE,
  },
];

/** All functions in which operations of the wanted kinds begin, in a fixed order. */
export function mapFunctions(flavour: MapFlavour, version: GoVersion, ops: readonly MapOp[]): MapFunction[] {
  const classic = flavour === 'classic';
  const all = [
    ...DELETE,
    ...ASSIGN,
    ...CLEAR,
    ...(classic ? GROW_CLASSIC : GROW_SWISS),
    ...ACCESS,
    ...(classic ? ITERATE_CLASSIC : ITERATE_SWISS),
  ];
  return all.filter((f) => ops.includes(f.op)).map((f) => withoutOldRules(f, version));
}

/** Before 1.27 mapaccess1* does its own work, and mapaccess2* inside it would be another operation. */
function withoutOldRules(f: MapFunction, version: GoVersion): MapFunction {
  if (f.op !== 'access' || version.minor >= 27) return f;
  const partOf = f.partOf.filter((name) => FAT.includes(name));
  return { ...f, partOf };
}

/** Where the work of a write is done, when it is not in the function in which the operation begins. */
export function workFunctions(flavour: MapFlavour, op: MapOp): readonly string[] {
  if (flavour === 'classic') return [];
  if (op === 'delete') return ['internal/runtime/maps.(*Map).Delete'];
  return op === 'clear' ? ['internal/runtime/maps.(*Map).Clear'] : [];
}
