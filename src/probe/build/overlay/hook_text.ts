import type { MapOp } from '../../../model/map_op.ts';
import { type HookSite } from '../sites.ts';
import type { GoFunction, GoParam } from './go_source.ts';

/** What differs from file to file. */
export interface HookDialect {
  /** The call that gives the caller's PC. */
  readonly callerPc: string;
}

const ENDS: readonly MapOp[] = ['assign', 'delete', 'clear'];

/** The name of a function's copy that has no hook. */
export const twinOf = (name: string): string => `mapaudit_${name}`;

/**
 * The statements that go before a hooked function's first one. When nobody looks it is one load and one branch.
 * A write that somebody looks at goes to the twin, so that its end can be recorded, too.
 */
export function hookText(fn: GoFunction, site: HookSite, { callerPc }: HookDialect): string {
  const { map, type } = mapAndType(fn, site.op);
  const [shape, key] = keyArgument(fn, site.op);
  // Growth finds its caller by itself: who called the map's function.
  const caller = site.op === 'grow' ? [] : [callerPc];
  const args = [String(site.index), pointer(type), pointer(map), ...key, ...caller].join(', ');
  const call = `mapaudit${shape}(${args})`;
  if (site.op === 'access')
    return guarded(`if p := ${call}; p != nil {\n\t\t\treturn p${standIn(fn)}\n\t\t}`);
  if (!ENDS.includes(site.op)) return guarded(call);
  const twin = `${twinOf(fn.name)}(${fn.params.map((p) => p.name).join(', ')})`;
  const leave = `mapauditLeave(${site.index}, ${pointer(map)})`;
  const inner =
    fn.results === ''
      ? `${twin}\n\t\t${leave}\n\t\treturn`
      : `mapauditResult := ${twin}\n\t\t${leave}\n\t\treturn mapauditResult`;
  return `\tif mapauditMode != 0 && ${call} != nil {\n\t\t${inner}\n\t}\n`;
}

const guarded = (statement: string): string => `\tif mapauditMode != 0 {\n\t\t${statement}\n\t}\n`;

const standIn = ({ results }: GoFunction): string => (results.includes('bool') ? ', true' : '');

const pointer = (expression: string): string => `unsafe.Pointer(${expression})`;

/** Growth in Swiss maps has methods of Map and of table; all others are func(type, map, …). */
function mapAndType(fn: GoFunction, op: MapOp): { map: string; type: string } {
  const [first, second] = fn.params.map((p) => p.name);
  if (op === 'grow' && fn.receiver !== undefined)
    return fn.receiver.type === '*Map'
      ? { map: fn.receiver.name, type: first ?? 'nil' }
      : { map: second ?? 'nil', type: first ?? 'nil' };
  return { map: second ?? 'nil', type: first ?? 'nil' };
}

/** Which of the hook's entries takes the key, and how it is handed over. */
function keyArgument(fn: GoFunction, op: MapOp): readonly [string, readonly string[]] {
  if (op === 'clear' || op === 'grow' || op === 'iterate') return [op === 'grow' ? 'Grow' : 'Plain', []];
  const key: GoParam = fn.params[2] ?? { name: 'nil', type: 'unsafe.Pointer' };
  if (key.type === 'string') return ['Text', [key.name]];
  if (key.type.startsWith('uint')) return ['Word', [`uint64(${key.name})`]];
  if (fn.name.endsWith('ptr')) return ['Word', [`uint64(uintptr(${key.name}))`]];
  return ['Pointer', [key.name]];
}
