import type { Advice } from '../protocol/advice.ts';
import { bytes, counted } from '../protocol/text/numbers.ts';
import type { MapFacts, MemoryFacts } from './facts.ts';
import { typeOf, variableOf } from './go_code.ts';
import { LEAST_TO_FRESH, LEAST_WASTE, remakeCode } from './shrink.ts';

/**
 * A map that is far larger than its entries need, and that its memory shows to have been full: one that was made for
 * what is still to come looks the same but for that. `shrink` knows more, where operations were seen.
 */
export function oversized(facts: MapFacts): Advice | undefined {
  const { memory, lens, map } = facts;
  const [size, fresh, len] = [memory?.bytes, memory?.freshBytes, lens?.at(-1)?.len];
  const type = typeOf(facts, undefined);
  if (facts.kind !== 'map' || size === undefined || fresh === undefined || len === undefined)
    return undefined;
  const waste = size - fresh;
  if (type === undefined || waste < LEAST_WASTE || size < LEAST_TO_FRESH * fresh) return undefined;
  if (memory === undefined || !wasFull(memory)) return undefined;
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

const SLOTS = 8;
/**
 * A group of a Swiss map keeps tombstones only when it was full as an entry was deleted, and a bucket has an overflow
 * bucket only after it was. Of 8 slots that are filled by chance to 7/16, the least after a growth, one group in forty is
 * full (Poisson); of a map with as few entries as are asked for here none.
 */
const LEAST_MARKS = 1 / 256;

/** Whether memory itself shows that most of the slots have held entries. */
function wasFull({ capacity, tombstones, overflow }: MemoryFacts): boolean {
  if (capacity === undefined) return false;
  return (tombstones ?? 0) + SLOTS * (overflow ?? 0) >= capacity * LEAST_MARKS;
}
