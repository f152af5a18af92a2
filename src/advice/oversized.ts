import type { Advice } from '../protocol/advice.ts';
import { bytes, counted } from '../protocol/text/numbers.ts';
import type { MapFacts } from './facts.ts';
import { typeOf, variableOf } from './go_code.ts';
import { LEAST_TO_FRESH, LEAST_WASTE, remakeCode } from './shrink.ts';

/**
 * A map that is far larger than its entries need, which no growth makes it: it was emptied, or made for more than came.
 * `shrink` says which, where operations were seen.
 */
export function oversized(facts: MapFacts): Advice | undefined {
  const { memory, lens, map } = facts;
  const [size, fresh, len] = [memory?.bytes, memory?.freshBytes, lens?.at(-1)?.len];
  const type = typeOf(facts, undefined);
  if (facts.kind !== 'map' || size === undefined || fresh === undefined || len === undefined)
    return undefined;
  const waste = size - fresh;
  if (type === undefined || waste < LEAST_WASTE || size < LEAST_TO_FRESH * fresh) return undefined;
  return {
    type: 'advice',
    kind: 'shrink',
    ...(facts.pid === undefined ? {} : { pid: facts.pid }),
    map,
    text: `${counted(len, 'entry', 'entries')} in ${bytes(size)}, for which a fresh map takes ${bytes(fresh)}: if it stays so, make it anew`,
    evidence: [
      { source: 'memory', what: 'bytes it holds', value: size, unit: 'bytes' },
      { source: 'memory', what: 'bytes a fresh map of these entries needs', value: fresh, unit: 'bytes' },
      { source: 'memory', what: 'entries now', value: len, unit: 'entries' },
    ],
    gain: { bytes: waste, how: `${bytes(size)} that it holds, less ${bytes(fresh)} for a fresh map` },
    code: remakeCode(variableOf(facts, undefined), type),
  };
}
