import type { Advice } from '../protocol/advice.ts';
import { counted } from '../protocol/text/numbers.ts';
import { perSecond } from './counts.ts';
import type { MapFacts } from './facts.ts';
import { variableOf } from './go_code.ts';

/** A condition can happen to hold for all entries once or twice. */
const LEAST_SWEEPS = 3;
const LEAST_EACH = 32;
/** (*sync.Map).Clear: go1.23. */
const CLEAR_SINCE = 23;

/**
 * Range whose function deletes everything. It is allowed ("Range does not block other methods on the receiver;
 * even f itself may call any method on m"), and each delete hashes the key and takes a lock (or, before 1.24,
 * leaves the key in the map until the next promotion).
 */
export function rangeDelete(facts: MapFacts): Advice | undefined {
  if (facts.kind !== 'sync.Map') return undefined;
  const [sweep] = [...(facts.sweeps ?? [])]
    .filter((one) => one.partial === 0 && one.whole >= LEAST_SWEEPS && one.deleted >= LEAST_EACH * one.whole)
    .sort((a, b) => b.deleted - a.deleted);
  const saved = perSecond(facts, sweep?.deleted);
  if (sweep === undefined || saved === undefined) return undefined;
  const { site, whole, deleted } = sweep;
  const name = variableOf(facts, site);
  const isOld = facts.goMinor !== undefined && facts.goMinor < CLEAR_SINCE;
  return {
    type: 'advice',
    kind: 'range-delete',
    ...(facts.pid === undefined ? {} : { pid: facts.pid }),
    map: facts.map,
    site,
    text: `Range deleted all entries, each of ${counted(whole, 'time')}: ${isOld ? 'a new sync.Map is one store' : 'Clear is one call'}`,
    evidence: [
      { source: 'operations', what: 'Ranges that left nothing', value: whole, site },
      { source: 'operations', what: 'entries they deleted', value: deleted, unit: 'entries' },
    ],
    gain: {
      operations_per_second: saved - (perSecond(facts, whole) ?? 0),
      how: `${counted(deleted, 'delete')} become ${counted(whole, isOld ? 'store' : 'Clear')}`,
    },
    code: isOld ? `${name}.Store(new(sync.Map)) // held by an atomic.Pointer[sync.Map]` : `${name}.Clear()`,
  };
}
