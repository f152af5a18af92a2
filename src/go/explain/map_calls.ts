import type { Register } from '../../model/probe_plan.ts';

/** What a call does, in words that the explanation uses. */
export type CallOp = 'delete' | 'assign' | 'access' | 'iterate' | 'clear' | 'make' | 'clone';

/** How the key reaches the function: by value (fast), or through a pointer (generic, fat). */
export type KeyPath = 'fast32' | 'fast64' | 'fast64ptr' | 'faststr' | 'generic' | 'fat' | 'none';

/** A function that the compiler calls where the source has a map operation. */
export interface MapCall {
  readonly name: string;
  readonly op: CallOp;
  readonly path: KeyPath;
  /** The register that holds the map type; absent where the function is given none. */
  readonly type?: Register;
  /** The register that holds the map. */
  readonly map?: Register;
  /** The register that holds the iterator. */
  readonly iterator?: Register;
  /** Number of results: 2 for the form with `ok`. */
  readonly results?: 1 | 2;
  /** A step of an operation that began elsewhere: the next entry of a range loop. */
  readonly step?: true;
  /** Makes the random seed of a map whose header is on the stack; called for other ends too. */
  readonly seed?: true;
}

const FAST: readonly KeyPath[] = ['fast32', 'fast64', 'faststr'];
const suffix = (path: KeyPath): string => (path === 'generic' ? '' : `_${path}`);
const given = { type: 'RAX', map: 'RBX' } as const;

const accesses = ([1, 2] as const).flatMap((results) =>
  (['generic', 'fat', ...FAST] as const).map((path): MapCall => ({
    name: `runtime.mapaccess${results}${suffix(path)}`,
    op: 'access',
    path,
    results,
    ...given,
  })),
);

const assigns = (['generic', ...FAST, 'fast64ptr'] as const).map((path): MapCall => ({
  name: `runtime.mapassign${suffix(path)}`,
  op: 'assign',
  path,
  ...given,
}));

const deletes = (['generic', ...FAST] as const).map((path): MapCall => ({
  name: `runtime.mapdelete${suffix(path)}`,
  op: 'delete',
  path,
  ...given,
}));

const others: readonly MapCall[] = [
  { name: 'runtime.mapclear', op: 'clear', path: 'none', ...given },
  { name: 'runtime.mapiterinit', op: 'iterate', path: 'none', iterator: 'RCX', ...given },
  { name: 'runtime.mapiternext', op: 'iterate', path: 'none', iterator: 'RAX', step: true },
  { name: 'runtime.mapIterStart', op: 'iterate', path: 'none', iterator: 'RCX', ...given },
  { name: 'runtime.mapIterNext', op: 'iterate', path: 'none', iterator: 'RAX', step: true },
  { name: 'runtime.makemap', op: 'make', path: 'none', type: 'RAX' },
  { name: 'runtime.makemap64', op: 'make', path: 'none', type: 'RAX' },
  { name: 'runtime.makemap_small', op: 'make', path: 'none' },
  // An `any` comes in: its first word is the type.
  { name: 'maps.clone', op: 'clone', path: 'none', ...given },
  // go1.18–1.21 fastrand, 1.22/1.23 rand32, since 1.24 rand: src/cmd/compile/internal/walk/builtin.go, walkMakeMap.
  { name: 'runtime.fastrand', op: 'make', path: 'none', seed: true },
  { name: 'runtime.rand32', op: 'make', path: 'none', seed: true },
  { name: 'runtime.rand', op: 'make', path: 'none', seed: true },
];

/** Everything that the compiler emits calls of; go1.18–1.27 src/cmd/compile/internal/typecheck/_builtin/runtime.go. */
export const MAP_CALLS: readonly MapCall[] = [...accesses, ...assigns, ...deletes, ...others];
