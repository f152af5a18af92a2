import type { Advice, Evidence } from '../protocol/advice.ts';
import { counted, grouped, rate } from '../protocol/text/numbers.ts';
import { countsOf, insertedOf, perSecond, removedOf, roundUp } from './counts.ts';
import type { GrowthFact, MapFacts } from './facts.ts';
import { typeOf, variableOf } from './go_code.ts';

/** Once or twice is what any map may go through; three times is a way of using it. */
const LEAST_REHASHES = 3;
/** Entries come and go: what was deleted is many times what is in it. */
const DELETED_TO_LEN = 4;
/** It gets no larger: otherwise it is growth. */
const STEADY = 2;
/** Every other insert brings back the key of a delete just before: then it is an update written as two. */
const RETURNED = 0.5;
/** Inserts that were looked at, for that share to mean something. */
const LEAST_RETURNS = 100;

/**
 * Deletes and inserts that keep a map at its size, and make it work as if it grew: Swiss maps double, split or
 * prune because tombstones fill them, classic maps move everything to straighten overflow chains.
 */
export function churn(facts: MapFacts): Advice | undefined {
  const rehashes = facts.growths?.filter(isOfChurn) ?? [];
  const removed = removedOf(facts);
  const inserted = insertedOf(facts);
  const most = Math.max(0, ...(facts.lens ?? []).map((one) => one.len));
  const least = Math.min(...(facts.lens ?? []).map((one) => one.len));
  if (facts.kind !== 'map' || removed === undefined || inserted === undefined) return undefined;
  if (rehashes.length < LEAST_REHASHES || removed < DELETED_TO_LEN * most) return undefined;
  if (!(most > 0 && most <= STEADY * Math.max(least, 8))) return undefined;
  const [deletes] = countsOf(facts, 'delete');
  const type = typeOf(facts, deletes?.site);
  if (deletes === undefined || type === undefined) return undefined;
  return {
    type: 'advice',
    kind: 'churn',
    ...(facts.pid === undefined ? {} : { pid: facts.pid }),
    map: facts.map,
    site: deletes.site,
    ...(updates(facts) ? asUpdate(facts, deletes.site) : withRoom(facts, most, type)),
    evidence: evidenceOf(facts, { rehashes, removed, inserted, most }),
    gain: gainOf(facts, rehashes, removed),
  };
}

const isOfChurn = ({ kind, trigger }: GrowthFact): boolean =>
  kind === 'prune' || kind === 'same-size' || trigger === 'tombstones';

const updates = ({ returns }: MapFacts): boolean =>
  returns !== undefined && returns.inserts >= LEAST_RETURNS && returns.returned >= RETURNED * returns.inserts;

function asUpdate(facts: MapFacts, site: Advice['site']): Pick<Advice, 'text' | 'code'> {
  const name = variableOf(facts, site);
  return {
    text: 'keys are deleted here and put back soon: assign the new value without deleting first, and the map stays as it is',
    code: `${name}[k] = v // no delete(${name}, k) before it`,
  };
}

/** With groups or buckets half empty a delete leaves no tombstone, and no chain. */
function withRoom(facts: MapFacts, most: number, type: string): Pick<Advice, 'text' | 'code'> {
  return {
    text: `entries come and go, and the map rehashes without getting larger: give it room for twice the ${grouped(most)} entries it holds`,
    code: `make(${type}, ${roundUp(2 * most)})`,
  };
}

interface Churned {
  readonly rehashes: readonly GrowthFact[];
  readonly removed: number;
  readonly inserted: number;
  readonly most: number;
}

function evidenceOf(facts: MapFacts, { rehashes, removed, inserted, most }: Churned): readonly Evidence[] {
  const [deletes] = countsOf(facts, 'delete');
  const [assigns] = countsOf(facts, 'assign');
  const { returns } = facts;
  const tombstones = facts.memory?.tombstones;
  return [
    {
      source: 'growths',
      what: 'times it rehashed, moved or pruned without need for more room',
      value: rehashes.length,
    },
    { source: 'operations', what: 'entries deleted', value: removed, unit: 'entries', ...at(deletes?.site) },
    {
      source: 'operations',
      what: 'entries inserted',
      value: inserted,
      unit: 'entries',
      ...at(assigns?.site),
    },
    { source: 'memory', what: 'entries at most', value: most, unit: 'entries' },
    ...(tombstones === undefined
      ? []
      : [{ source: 'memory' as const, what: 'tombstones now', value: tombstones, unit: 'slots' as const }]),
    ...(returns === undefined
      ? []
      : [
          {
            source: 'operations' as const,
            what: `of ${counted(returns.inserts, 'insert')} that were looked at, those of a key deleted just before`,
            value: returns.inserts === 0 ? 0 : returns.returned / returns.inserts,
            unit: 'share' as const,
          },
        ]),
  ];
}

const at = (site: Advice['site']): Pick<Evidence, 'site'> => (site === undefined ? {} : { site });

function gainOf(facts: MapFacts, rehashes: readonly GrowthFact[], removed: number): Advice['gain'] {
  const moved = rehashes.reduce((sum, one) => sum + (one.moved ?? 0), 0);
  const deletes = perSecond(facts, removed);
  const share =
    updates(facts) && facts.returns !== undefined ? facts.returns.returned / facts.returns.inserts : 0;
  const fewer = deletes === undefined || share === 0 ? undefined : deletes * share;
  return {
    ...(moved > 0 || fewer === undefined ? { moved_entries: moved } : {}),
    ...(fewer === undefined ? {} : { operations_per_second: fewer }),
    how: [
      `${counted(rehashes.length, 'rehash', 'rehashes')} that moved ${counted(moved, 'entry', 'entries')} while it was observed`,
      ...(fewer === undefined ? [] : [`${rate(fewer)} deletes/s whose key came back`]),
    ].join(', and '),
  };
}
