import type { MapOp } from '../../../model/map_op.ts';
import { type HookSite } from '../sites.ts';
import type { GoFunction, GoParam } from './go_source.ts';
import { SHAPES } from './shapes.ts';

/** What differs from file to file. */
export interface HookDialect {
  /** The call that gives the caller's PC. */
  readonly callerPc: string;
}

const ENDS: readonly MapOp[] = ['assign', 'delete', 'clear'];

/** The name of a function's copy that has no hook. */
export const twinOf = (name: string): string => `mapaudit_${name}`;

/** The first parameter of a twin: the PC that called the operation, or 0 for who calls the twin. */
export const TWIN_CALLER = 'mapauditPC uintptr';

/**
 * The statements that go before a hooked function's first one. When nobody looks it is one load and one branch: the
 * arguments go to the hook in the registers in which they came and come back in them, so that none of them outlives the
 * call, which would be stored on the stack whether somebody looks or not. What the hook gives back beside them is a
 * read's stand-in value or, of a write, that its end is wanted: then the twin does it.
 */
export function hookText(fn: GoFunction, site: HookSite, { callerPc }: HookDialect): string {
  if (site.op === 'grow') return guarded([growth(fn, site)]);
  const { shape, given, taken } = argumentsOf(fn, site.op);
  const names = taken.map((_, i) => `mapauditA${i}`);
  const wanted = site.op !== 'iterate';
  const end = wanted ? 'mapauditEnd' : '_';
  const call = (entry: string): string =>
    `\t${[...padded(names), end].join(', ')} = ${entry}(${given.join(', ')}, ${callerPc}, ${site.index}, 0)`;
  const types = ['unsafe.Pointer', 'unsafe.Pointer', SHAPES[shape]];
  const back = taken.map((p, i) => converted(p, names[i] ?? ''));
  return guarded([
    ...names.map((name, i) => `var ${name} ${types[i] ?? ''}`),
    ...(wanted ? ['var mapauditEnd unsafe.Pointer'] : []),
    'if mapauditTimed {',
    call(`mapauditTimed${shape}`),
    '} else {',
    call(`mapaudit${shape}`),
    '}',
    `${taken.map((p) => p.name).join(', ')} = ${back.join(', ')}`,
    ...(wanted ? answer(fn, site, callerPc) : []),
  ]);
}

/** What is done when the hook gives something back. */
function answer(fn: GoFunction, site: HookSite, callerPc: string): readonly string[] {
  const inner = ENDS.includes(site.op) ? ending(fn, site, callerPc) : [`return mapauditEnd${standIn(fn)}`];
  return ['if mapauditEnd != nil {', ...inner.map((line) => `\t${line}`), '}'];
}

/** A write whose end is recorded. */
function ending(fn: GoFunction, site: HookSite, callerPc: string): readonly string[] {
  const twin = `${twinOf(fn.name)}(${[callerPc, ...fn.params.map((p) => p.name)].join(', ')})`;
  const leave = `mapauditLeave(${site.index}, ${pointer(fn.params[1]?.name ?? 'nil')})`;
  return fn.results === ''
    ? [twin, leave, 'return']
    : [`mapauditResult := ${twin}`, leave, 'return mapauditResult'];
}

const guarded = (lines: readonly string[]): string =>
  `\tif mapauditMode != 0 {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;

const standIn = ({ results }: GoFunction): string => (results.includes('bool') ? ', true' : '');

const pointer = (expression: string): string => `unsafe.Pointer(${expression})`;

/**
 * Growth in Swiss maps has methods of Map and of table; all others are func(type, map, …). Its hook finds the caller by
 * itself: who called the map's function.
 */
function growth(fn: GoFunction, { index }: HookSite): string {
  const [first = 'nil', second = 'nil'] = fn.params.map((p) => p.name);
  const map = fn.receiver?.type === '*Map' ? fn.receiver.name : second;
  return `mapauditGrow(${index}, ${pointer(first)}, ${pointer(map)})`;
}

/** How a function's arguments are handed to the hook. */
interface HookArguments {
  /** Which of the hook's entries takes them. */
  readonly shape: keyof typeof SHAPES;
  /** Type, map, and key or the like. */
  readonly given: readonly string[];
  /** Those that come back. */
  readonly taken: readonly GoParam[];
}

function argumentsOf({ name, params }: GoFunction, op: MapOp): HookArguments {
  const [type, map, third] = params;
  if (type === undefined || map === undefined) throw new TypeError(`${name} has no map`);
  const both = [pointer(type.name), pointer(map.name)];
  const taken = third === undefined ? [type, map] : [type, map, third];
  if (third === undefined) return { shape: 'Plain', given: [...both, 'nil'], taken };
  if (op === 'iterate') return { shape: 'Plain', given: [...both, pointer(third.name)], taken };
  if (third.type === 'string') return { shape: 'Text', given: [...both, third.name], taken };
  if (third.type.startsWith('uint'))
    return { shape: 'Word', given: [...both, `uint64(${third.name})`], taken };
  return { shape: name.endsWith('ptr') ? 'Address' : 'Pointer', given: [...both, third.name], taken };
}

/** The hook gives back three arguments. */
const padded = (names: readonly string[]): readonly string[] => [...names, '_'].slice(0, 3);

/** What comes back has the type that the hook knows. */
const converted = ({ type }: GoParam, value: string): string =>
  ['string', 'unsafe.Pointer', 'uint64'].includes(type) ? value : `(${type})(${value})`;
