import { isEmulated } from '../../binary/x86/emulated.ts';
import { MapauditError } from '../../base/errors.ts';
import type { EntrySite, ProbePlan } from '../../model/probe_plan.ts';
import type { CodeView } from './code_view.ts';
import { FunctionCode } from './function_code.ts';
import { planProbes } from './plan.ts';
import { findEntry } from './prologue.ts';

/**
 * A step of an iteration, which is given the iterator alone. reflect's own copy stands for itself where the
 * compiler has put the runtime's function into it; elsewhere it calls that.
 */
const CLASSIC = [{ name: 'runtime.mapiternext', inside: ['runtime.mapiterinit'] }] as const;
const SWISS = [
  { name: 'runtime.mapIterNext', inside: [] },
  { name: 'reflect.mapIterNext', inside: [] },
] as const;

/**
 * What to probe to find races: where any operation on a map begins; with `steps` also each step of an iteration, at
 * which it reads the map again. A clear stands for the write that it is.
 */
export function planRace(view: CodeView, { steps: withSteps }: { readonly steps: boolean }): ProbePlan {
  const base = planProbes(view, { ops: ['delete', 'assign', 'clear', 'access', 'iterate'], exits: false });
  if (!withSteps) return base;
  const code = new FunctionCode(view);
  const steps = (view.flavour === 'classic' ? CLASSIC : SWISS).flatMap(({ name, inside }) =>
    stepOf(view, code, name, inside),
  );
  const first = base.sites.length;
  return { ...base, sites: [...base.sites, ...steps.map((site, i) => ({ ...site, index: first + i }))] };
}

function stepOf(
  view: CodeView,
  code: FunctionCode,
  name: string,
  inside: readonly string[],
): Omit<EntrySite, 'index'>[] {
  const f = view.functionNamed(name);
  if (f === undefined) return [];
  if (name.startsWith('reflect.') && code.calls(f, 'runtime.mapIterNext')) return [];
  const entry = findEntry(code.of(f));
  const offset = entry === undefined ? undefined : view.fileOffsetOf(entry.at.address);
  if (entry === undefined || offset === undefined)
    throw new MapauditError('plan-unsafe', `${name} does not begin as Go's compiler makes it`, {
      hint: 'mapaudit check says what can be seen of this binary.',
      fields: { function: name },
    });
  const { at } = entry;
  return [
    {
      role: 'entry',
      function: name,
      op: 'iterate',
      address: at.address,
      offset,
      expected: at.bytes,
      instruction: at.text,
      emulated: isEmulated(at),
      why: entry.why,
      skipRestarts: entry.skipRestarts,
      map: 'RAX',
      type: undefined,
      key: { kind: 'none' },
      partOf: inside.flatMap((outer) => {
        const range = view.functionNamed(outer);
        return range === undefined ? [] : [{ name: outer, start: range.start, end: range.end }];
      }),
    },
  ];
}
