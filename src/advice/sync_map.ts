import type { Advice } from '../protocol/advice.ts';
import { grouped, rate } from '../protocol/text/numbers.ts';
import { countsOf, insertedOf, perSecond, removedOf, totalOf } from './counts.ts';
import type { MapFacts } from './facts.ts';
import { localType, variableOf } from './go_code.ts';

/**
 * What sync's documentation names as its case: "when the entry for a given key is only ever written once but
 * read many times". One write in a hundred still leaves its lock rarely taken.
 */
const LEAST_READS = 0.99;
/** Several goroutines must read it: a lock that nobody else takes costs some 10 ns. */
const LEAST_READERS = 4;
/** Under this a lock is no burden, however many wait for it. */
const LEAST_PER_SECOND = 10_000;

/** A map that many goroutines read in functions that take a lock, and hardly anybody writes to. */
export function asSyncMap(facts: MapFacts): Advice | undefined {
  const { lock, readers } = facts;
  if (facts.kind !== 'map' || lock === undefined || (readers ?? 0) < LEAST_READERS) return undefined;
  const reads = totalOf(facts, 'access');
  const writes = totalOf(facts, 'assign', 'delete', 'clear');
  // Range over a sync.Map is no snapshot, and it has no length.
  if (reads === undefined || writes === undefined || totalOf(facts, 'iterate') !== 0) return undefined;
  const saved = perSecond(facts, reads);
  const [site] = countsOf(facts, 'access').map((one) => one.site);
  if (saved === undefined || site === undefined || saved < LEAST_PER_SECOND) return undefined;
  if (reads < LEAST_READS * (reads + writes)) return undefined;
  const name = variableOf(facts, site);
  const elem = localType(facts.elem?.type ?? 'V', site);
  const [inserted, removed] = [insertedOf(facts), removedOf(facts)];
  return {
    type: 'advice',
    kind: 'sync-map',
    ...(facts.pid === undefined ? {} : { pid: facts.pid }),
    map: facts.map,
    site,
    text: `${grouped(readers ?? 0)} goroutines read it in functions that take a lock, and hardly anybody writes: if that is ${lock.field} and for the map alone, a sync.Map reads without it`,
    evidence: [
      { source: 'operations', what: 'reads a second', value: saved, unit: 'per_second', site },
      {
        source: 'operations',
        what: 'of reads and writes, reads',
        value: reads / (reads + writes),
        unit: 'share',
      },
      { source: 'operations', what: 'goroutines that read', value: readers ?? 0 },
      ...(inserted === undefined || removed === undefined
        ? []
        : [{ source: 'operations' as const, what: 'keys inserted or deleted', value: inserted + removed }]),
    ],
    gain: {
      operations_per_second: saved,
      how: `${rate(saved)} reads/s in functions that take a lock`,
    },
    code: `v, ok := ${name}.Load(k) // ${name} is a sync.Map then, and v an any: v.(${elem})`,
  };
}

/** A sync.Map that one goroutine uses. */
export function asPlainMap(facts: MapFacts): Advice | undefined {
  if (facts.kind !== 'sync.Map' || facts.users === undefined || facts.users !== 1) return undefined;
  if (facts.incomplete === true) return undefined;
  const counts = facts.counts ?? [];
  const total = counts.reduce((sum, one) => sum + one.count, 0);
  const each = perSecond(facts, total);
  const [busiest] = [...counts].sort((a, b) => b.count - a.count);
  if (each === undefined || busiest === undefined || each < LEAST_PER_SECOND) return undefined;
  const { site } = busiest;
  return {
    type: 'advice',
    kind: 'plain-map',
    ...(facts.pid === undefined ? {} : { pid: facts.pid }),
    map: facts.map,
    site,
    text: 'one goroutine alone uses this sync.Map: a map needs no lock there, and holds keys and values without boxing them',
    evidence: [
      { source: 'operations', what: 'goroutines that use it', value: 1 },
      { source: 'operations', what: 'operations a second', value: each, unit: 'per_second', site },
    ],
    gain: { operations_per_second: each, how: `${rate(each)} operations/s through interfaces and atomics` },
    code: `map[${localType(facts.key?.type ?? 'K', site)}]${localType(facts.elem?.type ?? 'V', site)} // with a sync.Mutex where others will use it`,
  };
}
