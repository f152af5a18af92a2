import type { Advice } from '../protocol/advice.ts';
import { counted } from '../protocol/text/numbers.ts';
import { perSecond } from './counts.ts';
import type { MapFacts } from './facts.ts';
import { variableOf } from './go_code.ts';

const ONLY = '// only in place of a loop that does nothing but delete';
/** A loop with a condition can happen to delete everything once or twice. */
const LEAST_SWEEPS = 3;
/** Clearing a map of few entries costs as much as deleting them. */
const LEAST_EACH = 32;
/** From which release on there is `clear`: go1.21 builtin. */
const CLEAR_SINCE = 21;

/**
 * A loop that deletes every entry, each time that it was seen. The compiler turns only the plain form into one
 * call (not with a value variable, with -race, or for keys that can be unequal to themselves: floats, interfaces).
 * What else its body does, and under which condition it deletes, does not show in operations: both are said.
 */
export function clearInstead(facts: MapFacts): Advice | undefined {
  if (facts.kind !== 'map') return undefined;
  const sweep = facts.sweeps
    ?.filter((one) => one.partial === 0 && one.whole >= LEAST_SWEEPS && one.deleted >= LEAST_EACH * one.whole)
    .sort((a, b) => b.deleted - a.deleted)[0];
  const saved = perSecond(facts, sweep?.deleted);
  if (sweep === undefined || saved === undefined) return undefined;
  const { site, whole, deleted } = sweep;
  const name = variableOf(facts, site);
  const isOld = facts.goMinor !== undefined && facts.goMinor < CLEAR_SINCE;
  return {
    type: 'advice',
    kind: 'clear',
    ...(facts.pid === undefined ? {} : { pid: facts.pid }),
    map: facts.map,
    site,
    text: `the loop here deleted all entries one by one, each of ${counted(whole, 'time')}: if it does nothing but delete, and that under no condition, ${isOld ? 'the plain form is one call' : 'clear is one call'}`,
    evidence: [
      { source: 'operations', what: 'loops that left nothing', value: whole, site },
      { source: 'operations', what: 'loops that left something', value: sweep.partial },
      { source: 'operations', what: 'entries they deleted', value: deleted, unit: 'entries' },
    ],
    gain: {
      operations_per_second: saved - (perSecond(facts, whole) ?? 0),
      how: `${counted(deleted, 'delete')} become ${counted(whole, 'clear')}, if the loop does nothing else`,
    },
    code: isOld ? `${ONLY}\nfor k := range ${name} {\n\tdelete(${name}, k)\n}` : `${ONLY}\nclear(${name})`,
  };
}
