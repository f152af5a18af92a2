import type { Inspected, InspectedGrowth, InspectedMap } from '../../protocol/inspect.ts';
import type { Summary } from '../../protocol/summary.ts';
import { counted, grouped } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';
import { wrap } from '../../protocol/text/wrap.ts';
import type { Style } from '../output/style.ts';
import { sizeFacts } from './sizes_text.ts';
import { runEndText } from './summary_text.ts';

const READABLE = 100;
const INDENT = '  ';
const LABEL = 11;

/** Name, type, and what is known of the map as a whole. */
export function mapText(map: InspectedMap, style: Style, width: number | undefined): readonly string[] {
  const readable = Math.min(width ?? READABLE, READABLE);
  const { name, type, address, goroutine } = map.map;
  const where = goroutine === undefined ? '' : `, reached from a variable of goroutine ${goroutine}`;
  const facts: readonly (readonly [string, string])[] = [
    ['type', printable(type)],
    ['address', `${address}${where}`],
    ['entries', entriesText(map)],
    ['layout', layoutText(map)],
    ['slots', slotsText(map)],
    ...sizeFacts(map),
    ['state', stateText(map)],
    ['read', readText(map)],
  ];
  return [
    ...wrap(printable(name ?? type), readable).map(style.bold),
    ...facts.flatMap(([label, text]) => fact(label, text, readable)),
  ];
}

function fact(label: string, text: string, width: number): readonly string[] {
  const lines = wrap(text, width - INDENT.length - LABEL);
  return lines.map((line, i) => `${INDENT}${(i === 0 ? label : '').padEnd(LABEL)}${line}`);
}

function entriesText({ len, capacity, buckets }: InspectedMap): string {
  if (capacity === 0) return `${grouped(len)}, no slots yet`;
  const share = `${((100 * len) / capacity).toFixed(0)} %`;
  const beyond = buckets === undefined || buckets.overflow === 0 ? '' : ' without overflow buckets';
  return `${grouped(len)} in ${grouped(capacity)} slots${beyond} (${share})`;
}

function layoutText({ layout, buckets, groups, key, elem }: InspectedMap): string {
  const indirect = [key.indirect === true ? 'keys' : '', elem.indirect === true ? 'elements' : ''].filter(
    Boolean,
  );
  const outside = indirect.length === 0 ? '' : `, ${indirect.join(' and ')} outside of the slots`;
  if (groups !== undefined) {
    const inTables =
      groups.tables === 0 ? 'without a table (small map)' : `in ${counted(groups.tables, 'table')}`;
    const directory = groups.directory > 1 ? `, directory of ${grouped(groups.directory)}` : '';
    return `${layout}: ${counted(groups.count, 'group')} ${inTables}${directory}${outside}`;
  }
  const overflow = buckets?.overflow ?? 0;
  const chains =
    overflow === 0
      ? 'no overflow'
      : `${grouped(overflow)} overflow, longest chain ${buckets?.longest_chain ?? 0}`;
  return `${layout}: ${counted(buckets?.count ?? 0, 'bucket')}, ${chains}${outside}`;
}

function slotsText({ slots: { full, empty, tombstones } }: InspectedMap): string {
  const parts = [`${grouped(full)} full`, `${grouped(empty)} empty`];
  if (tombstones !== undefined) parts.push(counted(tombstones, 'tombstone'));
  return parts.join(', ');
}

/** Why what a core dump holds may be no state of the map. */
const HALF = 'from a core dump that was cut off, or made in the middle of a write: what is there is shown';

function stateText({ buckets, len, capacity, writing, unstable }: InspectedMap): string {
  const held = writing === true && unstable !== undefined;
  return `${growthText(buckets?.growing, len, capacity)}${held ? ', in the middle of a write all the time' : ''}`;
}

function growthText(growing: InspectedGrowth | undefined, len: number, capacity: number): string {
  if (growing !== undefined) {
    const { from_buckets: from, to_buckets: to, evacuated, same_size: same } = growing;
    const share = `${((100 * evacuated) / Math.max(1, from)).toFixed(0)} %`;
    const how =
      same === true
        ? 'packing its overflow chains'
        : `growing from ${grouped(from)} to ${grouped(to)} buckets`;
    return `${how}: ${grouped(evacuated)} of ${grouped(from)} old buckets evacuated (${share})`;
  }
  if (capacity === 0) return 'empty, nothing was put in yet';
  return len === 0 ? 'empty' : 'not growing';
}

/** Elements that are all of what is shown. */
const PLAIN = /^(?:u?int\d*|uintptr|float\d+|complex\d+|bool|string)$/;

const beyond = ({ type }: InspectedMap['elem']): string =>
  PLAIN.test(type) ? '' : '; what pointers lead to is read by itself';

function readText({ consistent, unstable, writing, core, elem }: InspectedMap): string {
  if (core === true) return consistent ? 'consistent: from a core dump' : HALF;
  if (consistent)
    return `consistent: read twice with the same outcome, so it is the map at one moment${beyond(elem)}`;
  if (unstable === undefined) return 'not of one moment: the map changed while it was read';
  const why = writing === true ? 'it was being written to' : 'it changed';
  return `not of one moment: ${why} at every look; ${counted(unstable, 'part')} ${unstable === 1 ? 'is' : 'are'} not counted`;
}

/** What was shown, what was left out, and what the answer is worth. */
export function inspectSummaryText(summary: Summary, width: number | undefined): readonly string[] {
  const { inspected } = summary;
  if (inspected === undefined) return [];
  const readable = Math.min(width ?? READABLE, READABLE);
  const ended = summary.ended === 'ctrl-c' ? ['Ended early by Ctrl-C.'] : runEndText(summary);
  return [...ended, countText(inspected), ...worth(inspected).flatMap((line) => wrap(line, readable))];
}

function countText({ entries, left, unreadable }: Inspected): string {
  const parts = [counted(entries, 'entry', 'entries')];
  if (left !== undefined && left > 0) parts.push(`${grouped(left)} more in the map`);
  if (unreadable > 0) parts.push(`${grouped(unreadable)} with parts that could not be read`);
  return parts.join(' · ');
}

function worth({ consistent, unstable, core, timed_out: timedOut }: Inspected): readonly string[] {
  if (consistent) return [];
  if (core === true) return halfOfCore(unstable);
  const lines = [
    `The map was written to while it was read: each entry was there at some moment${unstable > 0 ? '.' : ', and each one that was there all the time is shown (up to the limit).'}`,
  ];
  if (unstable > 0)
    lines.push(
      `${counted(unstable, 'bucket or group', 'buckets or groups')} changed at every look: what is in them is not known.`,
    );
  if (timedOut === true)
    lines.push('The time to wait for writers was used up: a longer --timeout may tell more.');
  return lines;
}

function halfOfCore(missing: number): readonly string[] {
  if (missing === 0)
    return ['The core was made in the middle of a write to this map: one entry may be half written.'];
  return [`${counted(missing, 'part')} of the map ${missing === 1 ? 'is' : 'are'} not in the core.`];
}

/** What to do to see the rest. */
export function inspectAdvice({ inspected, ended }: Summary): string | undefined {
  return ended === 'count' && (inspected?.left ?? 0) > 0
    ? 'To see the rest: --limit all, or --json.'
    : undefined;
}
