import { isEmulated } from '../../binary/x86/emulated.ts';
import type { EntrySite, ProbePlan, ProbeSite } from '../../model/probe_plan.ts';
import type { CodeView } from './code_view.ts';
import { FunctionCode } from './function_code.ts';
import { planGrowth, PRUNE, REHASH } from './growth.ts';
import { planProbes } from './plan.ts';

/** Functions that make a map and return it. go1.18–1.27 src/runtime/map.go. */
export const MAKES: readonly string[] = ['runtime.makemap_small', 'runtime.makemap'];

/**
 * What to probe to learn how a program uses its maps: every write and where it ends, loops, growths with the
 * table that they are of, and the returns of the functions that make maps. Growths are told by where they begin:
 * they happen inside a write that is recorded too.
 */
export function planUsage(view: CodeView): ProbePlan {
  const base = planProbes(view, { ops: ['delete', 'assign', 'clear', 'iterate', 'grow'], exits: true });
  const prune = planGrowth(view).sites.filter((site) => site.function === PRUNE && site.role === 'entry');
  const sites = [...base.sites.map(withTable), ...prune, ...makeSites(view)];
  return { ...base, sites: sites.map((site, index) => ({ ...site, index })) };
}

/** rehash is a method of the table: its receiver comes first. */
const withTable = (site: ProbeSite): ProbeSite =>
  site.role === 'entry' && site.function === REHASH ? { ...site, table: 'RAX' } : site;

/** At a return the map is in the first register, and the stack pointer at the return address, as at the beginning. */
function makeSites(view: CodeView): EntrySite[] {
  const code = new FunctionCode(view);
  return MAKES.flatMap((name) => {
    const f = view.functionNamed(name);
    const returns = f === undefined ? [] : code.of(f).filter((i) => i.flow === 'return');
    return returns.flatMap((at): EntrySite[] => {
      const offset = view.fileOffsetOf(at.address);
      if (offset === undefined) return [];
      return [
        {
          role: 'entry',
          index: 0,
          function: name,
          op: 'grow',
          address: at.address,
          offset,
          expected: at.bytes,
          instruction: at.text,
          emulated: isEmulated(at),
          why: 'a return: the map is made',
          skipRestarts: false,
          map: 'RAX',
          type: undefined,
          key: { kind: 'none' },
          partOf: [],
        },
      ];
    });
  });
}
