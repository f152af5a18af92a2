import type { InspectedSlot, InspectedSlots } from '../../protocol/inspect.ts';
import { middleTruncate } from '../../protocol/text/width.ts';
import type { Paint, Style } from '../output/style.ts';
import { valueText } from './entry_text.ts';

/** A bucket or group: its name and control bytes, then a line for each full slot, and one for a row of others. */
export function slotsText(unit: InspectedSlots, style: Style, width: number | undefined): readonly string[] {
  const lines = runs(unit.slots).map((run) => slotLine(run, unit, style));
  return [title(unit, style), ...lines].map(({ text, paint }) =>
    paint(width === undefined ? text : middleTruncate(text, width)),
  );
}

interface Line {
  readonly text: string;
  readonly paint: Paint;
}

const UNPAINTED: Paint = (text) => text;

function title({ unit, slots }: InspectedSlots, style: Style): Line {
  const { part, index, table, depth, old } = unit;
  const name =
    part === 'group'
      ? `table ${table ?? 0} group ${index}`
      : `${old === true ? 'old ' : ''}bucket ${index}${depth === undefined ? '' : ` overflow ${depth}`}`;
  const bytes = slots.map((slot) => slot.control.slice(2)).join(' ');
  const text = `${name}  ${unit.address}  ${part === 'group' ? 'control' : 'tophash'} ${bytes}`;
  return { text, paint: style.bold };
}

/** Slots that are alike and hold nothing, together; full ones alone. */
function runs(slots: readonly InspectedSlot[]): readonly (readonly InspectedSlot[])[] {
  const found: InspectedSlot[][] = [];
  for (const slot of slots) {
    const last = found.at(-1);
    if (slot.state !== 'full' && last?.[0]?.state === slot.state) last.push(slot);
    else found.push([slot]);
  }
  return found;
}

const WORDS: Readonly<Record<InspectedSlot['state'], string>> = {
  full: '',
  empty: 'empty',
  'empty-rest': 'empty, and so is all behind it',
  tombstone: 'tombstone: deleted, searches go on behind it',
  evacuated: 'evacuated',
};

function slotLine(run: readonly InspectedSlot[], { unit }: InspectedSlots, style: Style): Line {
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) return { text: '', paint: UNPAINTED };
  const { slot, state, control, key, value } = first;
  if (state !== 'full') {
    const range = slot === last.slot ? String(slot) : `${slot}-${last.slot}`;
    const text = `  ${range.padEnd(3)}  ${WORDS[state]}`;
    return { text, paint: state === 'tombstone' ? style.warn : style.dim };
  }
  const hash = `${unit.part === 'group' ? 'H2' : 'tophash'} ${control}`;
  const entry =
    key === undefined || value === undefined
      ? 'shown where the key was seen last'
      : `${valueText(key)} → ${valueText(value)}`;
  return { text: `  ${String(slot).padEnd(3)}  ${hash}  ${entry}`, paint: UNPAINTED };
}
