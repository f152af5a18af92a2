import type { MapOp } from '../../model/map_op.ts';

/** A function of Go's runtime, or of reflect, in which `mapaudit go build` places its hook. */
export interface HookSite {
  /** Number in records; fixed for ever, since it stands in built programs. */
  readonly index: number;
  /** As Go calls it; the same name that the kernel probe's plan has. */
  readonly function: string;
  readonly op: MapOp;
}

const named = (first: number, op: MapOp, names: readonly string[]): HookSite[] =>
  names.map((name, i) => ({ index: first + i, function: `runtime.${name}`, op }));

/** Where operations begin; each number is its place in this list. */
export const HOOK_SITES: readonly HookSite[] = [
  ...named(0, 'delete', ['mapdelete', 'mapdelete_fast32', 'mapdelete_fast64', 'mapdelete_faststr']),
  ...named(4, 'assign', [
    'mapassign',
    'mapassign_fast32',
    'mapassign_fast32ptr',
    'mapassign_fast64',
    'mapassign_fast64ptr',
    'mapassign_faststr',
  ]),
  ...named(10, 'clear', ['mapclear']),
  ...named(11, 'grow', ['hashGrow']),
  { index: 12, function: 'internal/runtime/maps.(*Map).growToTable', op: 'grow' },
  { index: 13, function: 'internal/runtime/maps.(*table).rehash', op: 'grow' },
  ...named(14, 'access', [
    'mapaccess1',
    'mapaccess2',
    'mapaccess1_fat',
    'mapaccess2_fat',
    'mapaccess1_fast32',
    'mapaccess2_fast32',
    'mapaccess1_fast64',
    'mapaccess2_fast64',
    'mapaccess1_faststr',
    'mapaccess2_faststr',
  ]),
  ...named(24, 'iterate', ['mapiterinit', 'mapIterStart']),
  { index: 26, function: 'reflect.mapIterStart', op: 'iterate' },
];

/** The end of the operation that begins at site i is site i + EXIT_BASE. Writes only. */
export const EXIT_BASE = HOOK_SITES.length;
/** Numbers in use are below this. */
export const HOOK_SITE_COUNT = 64;

/** A function that only hooked programs have; the linker keeps it, and its name stands in the pclntab. */
export const HOOK_FUNCTION = 'runtime.mapauditBegin';
