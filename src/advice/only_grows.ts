import type { Advice, Evidence } from '../protocol/advice.ts';
import { bytes, counted, grouped } from '../protocol/text/numbers.ts';
import { countsOf, insertedOf, totalOf } from './counts.ts';
import type { LenSample, MapFacts } from './facts.ts';
import { variableOf } from './go_code.ts';

/** Shorter than this, everything that is being filled only grows. */
const LEAST_SECONDS = 10;
const LEAST_SAMPLES = 8;
/** Fewer new entries than this are not worth a word, whatever their share. */
const LEAST_NEW = 100;
/** Each quarter of the time must add at least this share of what an even growth would: it goes on. */
const EVEN = 0.25;
/** Lines that insert, shown. */
const SITES = 3;

/**
 * Entries are put in and nothing is ever taken out, evenly over the whole time. A map that was made meanwhile is
 * being filled, and says nothing yet.
 */
export function onlyGrows(facts: MapFacts): Advice | undefined {
  const { lens, observedSeconds } = facts;
  if (facts.kind !== 'map' || lens === undefined || observedSeconds === undefined) return undefined;
  if (facts.made?.seen === true || facts.incomplete === true) return undefined;
  if (observedSeconds < LEAST_SECONDS || lens.length < LEAST_SAMPLES) return undefined;
  // Deletes of keys that are not there show that somebody means to remove entries, in vain.
  const removals = totalOf(facts, 'delete', 'clear');
  if (removals === undefined || removedNothing(facts) !== true || !growsEvenly(lens)) return undefined;
  const [first, last] = [lens[0], lens.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const added = last.len - first.len;
  const inserted = insertedOf(facts);
  const sites = countsOf(facts, 'assign').slice(0, SITES);
  const site = sites[0]?.site;
  if (added < LEAST_NEW || site === undefined) return undefined;
  const hour = hourly(facts, added / (last.atSeconds - first.atSeconds), last.len);
  if (hour === undefined) return undefined;
  return {
    type: 'advice',
    kind: 'only-grows',
    ...(facts.pid === undefined ? {} : { pid: facts.pid }),
    map: facts.map,
    site,
    text: `it grew from ${grouped(first.len)} to ${counted(last.len, 'entry', 'entries')} and nothing was removed: if keys are not limited, remove those that are no longer needed`,
    evidence: [
      { source: 'memory', what: 'entries at first', value: first.len, unit: 'entries' },
      { source: 'memory', what: 'entries at last', value: last.len, unit: 'entries' },
      { source: 'operations', what: 'deletes and clears', value: removals },
      ...ages(lens),
      ...sites.map((one) => ({
        source: 'operations' as const,
        what: 'assigns',
        value: one.count,
        site: one.site,
      })),
      ...(inserted === undefined
        ? []
        : [
            { source: 'operations' as const, what: 'of new keys', value: inserted, unit: 'entries' as const },
          ]),
    ],
    gain: hour,
    code: evict(variableOf(facts, site)),
  };
}

/** That all deletes found nothing. Undefined when it is not known for all. */
function removedNothing(facts: MapFacts): boolean | undefined {
  if (countsOf(facts, 'clear').length > 0) return false;
  for (const one of countsOf(facts, 'delete')) {
    if (one.found === undefined || one.notFound === undefined) return undefined;
    if (one.notFound !== one.count) return false;
  }
  return true;
}

function growsEvenly(lens: readonly LenSample[]): boolean {
  const added = (lens.at(-1)?.len ?? 0) - (lens[0]?.len ?? 0);
  const part = Math.floor(lens.length / 4);
  for (let quarter = 0; quarter < 4; quarter++) {
    const from = lens[quarter * part];
    const to = quarter === 3 ? lens.at(-1) : lens[(quarter + 1) * part];
    if (from === undefined || to === undefined || to.len - from.len < (EVEN * added) / 4) return false;
  }
  return lens.every((one, i) => i === 0 || one.len >= (lens[i - 1]?.len ?? 0));
}

/** As nothing is removed, the number of entries at each moment is the number of those that are older. */
function ages(lens: readonly LenSample[]): readonly Evidence[] {
  const [first, last] = [lens[0], lens.at(-1)];
  if (first === undefined || last === undefined || last.len === 0) return [];
  const half = lens.findLast((one) => one.len <= last.len / 2);
  return [
    {
      source: 'memory',
      what: `entries older than ${(last.atSeconds - first.atSeconds).toFixed(0)} s`,
      value: first.len / last.len,
      unit: 'share',
    },
    ...(half === undefined
      ? []
      : [
          {
            source: 'memory' as const,
            what: 'half of the entries are older than',
            value: last.atSeconds - half.atSeconds,
            unit: 'seconds' as const,
          },
        ]),
  ];
}

/** Of the map's own memory: what its keys and elements point to comes on top. */
function hourly(facts: MapFacts, perSecond: number, len: number): Advice['gain'] | undefined {
  const size = facts.memory?.freshBytes ?? facts.memory?.bytes;
  if (size === undefined || len === 0) return undefined;
  const each = size / len;
  return {
    bytes_per_hour: perSecond * 3600 * each,
    how: `${perSecond.toFixed(1)} entries/s of ${bytes(Math.round(each))} each, without what they point to`,
  };
}

const evict = (name: string): string =>
  [
    `for k, v := range ${name} {`,
    '\tif time.Since(v.lastUsed) > maxAge { // a time that the element must keep',
    `\t\tdelete(${name}, k)`,
    '\t}',
    '}',
  ].join('\n');
