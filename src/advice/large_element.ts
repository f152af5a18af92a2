import type { Advice } from '../protocol/advice.ts';
import { bytes, grouped } from '../protocol/text/numbers.ts';
import { countsOf, perSecond, totalOf } from './counts.ts';
import type { MapFacts } from './facts.ts';
import { localType } from './go_code.ts';

/** Larger ones are not in the slot: each insert allocates one. go1.26.8 src/internal/abi/map.go, MapMaxElemBytes; the same since 1.17. */
const LARGEST_IN_SLOT = 128;
/** Under this a pointer and its own allocation cost about what they save. */
const LEAST_SIZE = 64;
/** Empty slots hold room for an element each. */
const LEAST_WASTE = 1024 * 1024;
/** Copying 10 MB takes some 1 ms: a thousandth of a core. */
const LEAST_COPIED_PER_SECOND = 10_000_000;
const POINTER = 8;

/** Elements so large that a pointer in their place saves memory (empty slots) or copies (each assign, and reads of the whole). */
export function largeElement(facts: MapFacts): Advice | undefined {
  const { elem, kind } = facts;
  if (kind !== 'map' || elem?.size === undefined || elem.size <= LEAST_SIZE) return undefined;
  return elem.size > LARGEST_IN_SLOT ? copied(facts, elem.size) : emptySlots(facts, elem.size);
}

/**
 * Held elsewhere already: what remains is the copying, and that the fast functions are not for it. An assign stores
 * the whole element; a read does where the code behind the call copies it, and does not take a single field.
 */
function copied(facts: MapFacts, size: number): Advice | undefined {
  if (totalOf(facts, 'assign') === undefined) return undefined;
  const copying = countsOf(facts, 'assign', 'access').filter((one) => one.op === 'assign' || one.copies);
  const operations = perSecond(
    facts,
    copying.reduce((sum, { count }) => sum + count, 0),
  );
  const [busiest] = copying;
  if (operations === undefined || busiest === undefined) return undefined;
  const copies = operations * size;
  if (copies < LEAST_COPIED_PER_SECOND) return undefined;
  return {
    ...head(facts, busiest.site),
    text: `elements of ${grouped(size)} bytes are copied at each assign and at reads of the whole, and keep the map from its fast functions: hold pointers`,
    evidence: [
      { source: 'binary', what: 'bytes of an element', value: size, unit: 'bytes' },
      {
        source: 'operations',
        what: 'assigns, and reads that copy, a second',
        value: operations,
        unit: 'per_second',
      },
      {
        source: 'operations',
        what: 'of these from the busiest line',
        value: busiest.count,
        site: busiest.site,
      },
    ],
    gain: {
      operations_per_second: operations,
      how: `each copies ${grouped(size)} bytes: ${bytes(Math.round(copies))}/s`,
    },
  };
}

function emptySlots(facts: MapFacts, size: number): Advice | undefined {
  const { memory, lens } = facts;
  const len = lens?.at(-1)?.len;
  const [assign] = countsOf(facts, 'assign');
  const site = facts.made?.site ?? assign?.site;
  if (memory?.capacity === undefined || len === undefined || len === 0) return undefined;
  // The elements that are there move to the heap, and each takes a pointer.
  const saved = (memory.capacity - len) * (size - POINTER) - len * POINTER;
  if (saved < LEAST_WASTE) return undefined;
  return {
    ...head(facts, site),
    text: `empty slots have room for elements of ${grouped(size)} bytes: hold pointers`,
    evidence: [
      { source: 'binary', what: 'bytes of an element', value: size, unit: 'bytes' },
      { source: 'memory', what: 'slots', value: memory.capacity, unit: 'slots' },
      { source: 'memory', what: 'entries', value: len, unit: 'entries' },
    ],
    gain: {
      bytes: saved,
      how: `${grouped(memory.capacity - len)} empty slots of ${size} bytes shrink to 8, less a pointer for each entry; an element's own allocation may be rounded up`,
    },
  };
}

function head(
  facts: MapFacts,
  site: Advice['site'],
): Pick<Advice, 'type' | 'kind' | 'pid' | 'map' | 'site' | 'code'> {
  const key = localType(facts.key?.type ?? 'K', site);
  const elem = localType(facts.elem?.type ?? 'V', site);
  return {
    type: 'advice',
    kind: 'large-element',
    ...(facts.pid === undefined ? {} : { pid: facts.pid }),
    map: facts.map,
    ...(site === undefined ? {} : { site }),
    code: `map[${key}]*${elem}`,
  };
}
