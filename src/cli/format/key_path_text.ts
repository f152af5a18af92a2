import type { KeyPathLine, PathSlot, PathStart, PathStep } from '../../protocol/inspect_path.ts';
import { counted, grouped } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';
import { middleTruncate } from '../../protocol/text/width.ts';
import { wrap } from '../../protocol/text/wrap.ts';
import type { Style } from '../output/style.ts';
import { valueText } from './entry_text.ts';
import { slotLabel } from './slot_label.ts';

const READABLE = 100;
const INDENT = '  ';
const LABEL = 11;

/** The way of a look-up: what the hash says, each bucket or group with its slots, and how it ends. */
export function keyPathText(
  path: KeyPathLine,
  style: Style,
  width: number | undefined,
  core = false,
): readonly string[] {
  const readable = Math.min(width ?? READABLE, READABLE);
  const fit = (text: string): string => (width === undefined ? text : middleTruncate(text, width));
  const { key, hash, control, start, found } = path;
  const name = start?.bucket === undefined ? 'H2' : 'tophash';
  const facts: readonly (readonly [string, string])[] = [
    ['hash', hash === undefined ? 'not known' : hash],
    ...(start === undefined ? [] : [['begins', startText(start)] as const]),
    ...(start === undefined || control === undefined
      ? []
      : [
          [
            'looks for',
            `${name} ${control}${name === 'H2' ? ', the low 7 bits of the hash' : ', the upper 8 bits of the hash'}`,
          ] as const,
        ]),
  ];
  return [
    fit(style.bold(`the way to ${printable(key)}`)),
    ...facts.flatMap(([label, text]) => fact(label, text, readable)),
    ...path.steps.flatMap((step, i) => ['', ...stepText(step, i, style).map(fit)]),
    ...(path.steps.length > 0 ? [''] : []),
    ...fact('ends', endText(path), readable),
    ...(found === undefined ? [] : [fit(`${INDENT}${'value'.padEnd(LABEL)}${valueText(found.value)}`)]),
    ...fact('read', readText(path, core), readable),
  ];
}

function fact(label: string, text: string, width: number): readonly string[] {
  return wrap(text, width - INDENT.length - LABEL).map(
    (line, i) => `${INDENT}${(i === 0 ? label : '').padEnd(LABEL)}${line}`,
  );
}

function startText(start: PathStart): string {
  if (start.bucket !== undefined) {
    const { bucket, buckets = 0, old_bucket: old, old_buckets: oldBuckets = 0, evacuated } = start;
    const now = `in bucket ${grouped(bucket)} of ${grouped(buckets)} (the low bits of the hash)`;
    if (old === undefined) return now;
    const before = `old bucket ${grouped(old)} of ${grouped(oldBuckets)}`;
    return evacuated === true
      ? `${now}; the map grows, but ${before} is evacuated and does not count`
      : `in ${before}, since the map grows and it is not evacuated; later in bucket ${grouped(bucket)} of ${grouped(buckets)}`;
  }
  const { directory_entry: entry, directory = 0, table_address: table, group = 0, groups = 0 } = start;
  if (entry === undefined) return 'in the only group of this small map';
  const where = `group ${group} of ${grouped(groups)}`;
  return `at entry ${grouped(entry)} of ${grouped(directory)} of the directory (the high bits of the hash): table ${table ?? '?'}, ${where}`;
}

function stepText({ unit, slots, then }: PathStep, i: number, style: Style): readonly string[] {
  const { part, index, depth, old, address } = unit;
  const name =
    part === 'group'
      ? `group ${index}`
      : `${old === true ? 'old ' : ''}bucket ${index}${depth === undefined ? '' : ` overflow ${depth}`}`;
  const bytes = slots.map(({ control }) => control.slice(2)).join(' ');
  const kind = part === 'group' ? 'control' : 'tophash';
  return [
    style.bold(`${INDENT}${i + 1}. ${name}  ${address}  ${kind} ${bytes}`),
    ...slots.filter(({ matches }) => matches === true).map((slot) => slotText(slot, part === 'group')),
    `     ${THEN[then]}`,
  ];
}

function slotText({ slot, control, equal }: PathSlot, swiss: boolean): string {
  const outcome =
    equal === undefined ? 'its key cannot be read' : equal ? 'its key is equal' : 'its key is another one';
  return `     slot ${slot}: ${swiss ? 'H2' : 'tophash'} ${control} matches, ${outcome}`;
}

const THEN: Readonly<Record<PathStep['then'], string>> = {
  found: 'found',
  'next-overflow': 'not here: on to the next overflow bucket',
  'end-of-chain': 'not here, and no overflow bucket follows',
  'rest-is-empty': 'not here, and nothing is behind this slot in the whole chain',
  'next-group': 'not here, and no slot is empty: on to the next group of the probe sequence',
  'empty-slot': 'not here, and a slot is empty: the search ends',
  'only-group': 'not here, and a small map has no other group',
  'end-of-table': 'not here, and all groups of the table were looked at',
};

/** What ends a look-up that looks at nothing, or at everything. */
const WHY: Readonly<Partial<Record<KeyPathLine['end'], string>>> = {
  'map-is-empty': ': the map is empty, so nothing is looked at',
  'never-equal': ': a NaN is equal to nothing, not even itself',
  'all-slots-compared': ': all slots were compared, since the hash is not known',
};

function endText({ end, found, steps }: KeyPathLine): string {
  const looked = steps.length;
  const compared = steps.flatMap(({ slots }) => slots).filter(({ matches }) => matches === true).length;
  const unit = steps[0]?.unit.part === 'group' ? 'group' : 'bucket';
  const cost = `after ${counted(looked, unit)} and ${counted(compared, 'compared key')}`;
  if (found !== undefined)
    return looked === 0
      ? `found at ${slotLabel(found.slot)} by comparing all slots, since the hash is not known`
      : `found at ${slotLabel(found.slot)}, ${cost}`;
  return `not there${WHY[end] ?? `, ${cost}`}`;
}

function readText({ consistent, hash, hash_checked: checked, start }: KeyPathLine, core: boolean): string {
  const when = consistent
    ? core
      ? 'consistent: from a core dump'
      : 'consistent: read twice with the same outcome'
    : 'not of one moment: what lies on the way changed at every look';
  if (hash === undefined || start === undefined) return when;
  return `${when}; ${checked === 0 ? 'no key on the way to check the hash with' : `the hash of ${counted(checked, 'key')} on the way is what ${checked === 1 ? 'its slot says' : 'their slots say'}`}`;
}
