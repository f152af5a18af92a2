import type { Advice } from '../protocol/advice.ts';
import { bytes, counted, grouped } from '../protocol/text/numbers.ts';
import { countsOf, removedOf } from './counts.ts';
import type { MapFacts } from './facts.ts';
import { typeOf, variableOf } from './go_code.ts';

/** Less than this is not worth a line of code. */
export const LEAST_WASTE = 64 * 1024;
/**
 * A map that has just doubled takes up to 2.3 times what a fresh one does (classic, with its overflow buckets
 * made ahead), and twice that while it migrates: four times and more is never growth alone.
 */
export const LEAST_TO_FRESH = 4;
/** It had at least so many times the entries, and has had few for the last third of the time. */
const FELL_TO = 4;
const LEAST_SAMPLES = 6;

/** A map that was large, was emptied by deletes, and has stayed small: deletes and clear give no memory back. */
export function shrink(facts: MapFacts): Advice | undefined {
  const { memory, lens } = facts;
  const [size, fresh] = [memory?.bytes, memory?.freshBytes];
  if (facts.kind !== 'map' || size === undefined || fresh === undefined || lens === undefined)
    return undefined;
  const waste = size - fresh;
  if (waste < LEAST_WASTE || size < LEAST_TO_FRESH * fresh) return undefined;
  const now = lens.at(-1)?.len ?? 0;
  const most = Math.max(...lens.map((one) => one.len));
  const late = lens.slice(-Math.ceil(lens.length / 3)).map((one) => one.len);
  if (lens.length < LEAST_SAMPLES || Math.max(...late) * FELL_TO > most) return undefined;
  const removed = removedOf(facts);
  const [deletes] = countsOf(facts, 'delete');
  const [clears] = countsOf(facts, 'clear');
  const site = deletes?.site ?? clears?.site;
  // Where nobody was seen removing entries, what fell was perhaps another map at this address.
  if (site === undefined || (clears === undefined && (removed ?? 0) < most - now)) return undefined;
  const type = typeOf(facts, site);
  if (type === undefined) return undefined;
  const name = variableOf(facts, site);
  return {
    type: 'advice',
    kind: 'shrink',
    ...(facts.pid === undefined ? {} : { pid: facts.pid }),
    map: facts.map,
    site,
    text: `${grouped(now)} of ${counted(most, 'entry', 'entries')} are left, and the memory is still that of all: make it anew after deleting many`,
    evidence: [
      { source: 'memory', what: 'bytes it holds', value: size, unit: 'bytes' },
      { source: 'memory', what: 'bytes a fresh map of these entries needs', value: fresh, unit: 'bytes' },
      { source: 'memory', what: 'entries at most', value: most, unit: 'entries' },
      { source: 'memory', what: 'entries now', value: now, unit: 'entries' },
      ...(removed === undefined
        ? []
        : [{ source: 'operations' as const, what: 'entries that deletes removed', value: removed, site }]),
    ],
    gain: { bytes: waste, how: `${bytes(size)} that it holds, less ${bytes(fresh)} for a fresh map` },
    code: remakeCode(name, type),
  };
}

/** Go code that puts the entries of a map into a new one. */
export const remakeCode = (name: string, type: string): string =>
  [
    `fresh := make(${type}, len(${name}))`,
    `for k, v := range ${name} {`,
    '\tfresh[k] = v',
    '}',
    `${name} = fresh`,
  ].join('\n');
