import type { Advice } from '../protocol/advice.ts';
import { bytes, counted, grouped } from '../protocol/text/numbers.ts';
import { roundUp } from './counts.ts';
import type { GrowthFact, MapFacts } from './facts.ts';
import { typeOf } from './go_code.ts';

/** Three doublings: below 64 entries, where one or two growths are all there is, a hint saves next to nothing. */
const LEAST_GROWTHS = 3;
/** Maps from one line tell a size when they agree on it: the largest within four times the middle one. */
const LARGEST_TO_MIDDLE = 4;
/** One map's size is settled when the last quarter of the time added less than a tenth. */
const SETTLED = 1.1;

const GROWS: readonly GrowthFact['kind'][] = ['grow', 'to-table', 'table', 'split'];

/** What is known of one map that was seen from its beginning. */
interface Grown {
  readonly facts: MapFacts;
  readonly growths: readonly GrowthFact[];
  readonly most: number;
  readonly thrownAway: number | undefined;
  readonly moved: number | undefined;
}

/**
 * Maps that were made small at one line and then grew, one growth after the other, to a size that the line could
 * have named. `facts` are all maps of one line.
 */
export function presize(facts: readonly MapFacts[]): Advice | undefined {
  const grown = facts.flatMap((one) => grownFromSmall(one) ?? []);
  const [first] = [...grown].sort((a, b) => b.most - a.most);
  const site = first?.facts.made?.site;
  if (first === undefined || site === undefined || !sizeIsKnown(grown, facts)) return undefined;
  const type = typeOf(first.facts, site);
  if (type === undefined) return undefined;
  const n = roundUp(first.most);
  const growths = grown.reduce((sum, one) => sum + one.growths.length, 0);
  const moved = sum(grown.map((one) => one.moved));
  const allocated = sum(grown.map((one) => one.thrownAway));
  if (moved === undefined && allocated === undefined) return undefined;
  const maps = grown.length === 1 ? 'the map' : `${grouped(grown.length)} maps`;
  return {
    type: 'advice',
    kind: 'presize',
    ...(first.facts.pid === undefined ? {} : { pid: first.facts.pid }),
    map: first.facts.map,
    ...(grown.length > 1 ? { other_maps: grown.length - 1 } : {}),
    site,
    text: `${maps} made here grew ${counted(growths, 'time')} to up to ${counted(first.most, 'entry', 'entries')}: say the size when making`,
    evidence: [
      { source: 'growths', what: 'growths seen', value: growths },
      { source: 'memory', what: 'entries at most', value: first.most, unit: 'entries' },
      ...(moved === undefined
        ? []
        : [
            {
              source: 'growths' as const,
              what: 'entries moved by them',
              value: moved,
              unit: 'entries' as const,
            },
          ]),
    ],
    gain: {
      ...(allocated === undefined ? {} : { allocated_bytes: allocated }),
      ...(moved === undefined ? {} : { moved_entries: moved }),
      how: howOf(allocated, moved),
    },
    code: `make(${type}, ${n})`,
  };
}

function grownFromSmall(facts: MapFacts): Grown | undefined {
  const growths = facts.growths?.filter((one) => GROWS.includes(one.kind));
  const [first] = growths ?? [];
  if (growths === undefined || first === undefined || growths.length < LEAST_GROWTHS) return undefined;
  // Otherwise the hint may be there, and be outgrown.
  const small = first.kind === 'to-table' || (first.unit === 'buckets' && first.from === 1);
  // Growths that tombstones cause are no sign of a size.
  if (!small || growths.some((one) => one.trigger === 'tombstones')) return undefined;
  const most = Math.max(
    0,
    ...(facts.lens ?? []).map((one) => one.len),
    ...growths.map((one) => one.len ?? 0),
  );
  return {
    facts,
    growths,
    most,
    thrownAway: sum(growths.map((one) => thrownAway(one, facts.memory?.unitBytes))),
    moved: sum(growths.map((one) => one.moved ?? (one.kind === 'grow' ? one.len : undefined))),
  };
}

/** The buckets or groups that the growth replaces are garbage. */
function thrownAway({ from, unit }: GrowthFact, unitBytes: number | undefined): number | undefined {
  if (from === undefined || unit === undefined || unitBytes === undefined) return undefined;
  return unit === 'buckets' ? from * unitBytes : Math.ceil(from / 8) * unitBytes;
}

/** Several maps that agree, or one that has stopped growing. */
function sizeIsKnown(grown: readonly Grown[], all: readonly MapFacts[]): boolean {
  const sizes = grown.map((one) => one.most).sort((a, b) => a - b);
  if (sizes.length >= 3) {
    // Most maps of the line must get large: a hint is paid for by those that do not.
    const many = grown.length * 2 >= all.length;
    return many && (sizes.at(-1) ?? 0) <= LARGEST_TO_MIDDLE * (sizes[Math.floor(sizes.length / 2)] ?? 0);
  }
  return all.length === grown.length && grown.every(({ facts }) => hasSettled(facts));
}

function hasSettled({ lens, observedSeconds }: MapFacts): boolean {
  if (lens === undefined || observedSeconds === undefined) return false;
  const late = lens.filter((one) => one.atSeconds >= 0.75 * observedSeconds).map((one) => one.len);
  return late.length >= 2 && Math.max(...late) <= SETTLED * Math.min(...late);
}

function howOf(allocated: number | undefined, moved: number | undefined): string {
  const parts = [
    ...(allocated === undefined ? [] : [`${bytes(allocated)} of buckets or groups that growths replaced`]),
    ...(moved === undefined
      ? []
      : [`${counted(moved, 'entry', 'entries')} that they moved and hashed again`]),
  ];
  return `${parts.join(', ')}, while it was observed`;
}

/** Undefined when one of them is. */
function sum(numbers: readonly (number | undefined)[]): number | undefined {
  let total = 0;
  for (const one of numbers) {
    if (one === undefined) return undefined;
    total += one;
  }
  return total;
}
