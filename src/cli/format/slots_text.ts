import type { InspectedSlot, InspectedSlots } from '../../protocol/inspect.ts';
import { printable } from '../../protocol/text/printable.ts';
import { middleTruncate } from '../../protocol/text/width.ts';
import type { Style } from '../output/style.ts';
import { valueText } from './entry_text.ts';

/** A bucket or group: its name and control bytes, then a line for each full slot, and one for a row of others. */
export function slotsText(unit: InspectedSlots, style: Style, width: number | undefined): readonly string[] {
  const lines = runs(unit.slots).map((run) => slotLine(run, unit, style));
  return [title(unit, style), ...lines].map((line) => fitted(line, width));
}

/** A painted line is never cut: it has nothing of the target in it and is short. */
const fitted = ({ text, painted }: Line, width: number | undefined): string =>
  painted ?? (width === undefined ? text : middleTruncate(text, width));

interface Line {
  readonly text: string;
  readonly painted?: string;
}

function title({ unit, slots }: InspectedSlots, style: Style): Line {
  const { part, index, table, depth, old } = unit;
  const name =
    part === 'group'
      ? `table ${table ?? 0} group ${index}`
      : `${old === true ? 'old ' : ''}bucket ${index}${depth === undefined ? '' : ` overflow ${depth}`}`;
  const bytes = slots.map((slot) => slot.control.slice(2)).join(' ');
  const text = `${name}  ${unit.address}  ${part === 'group' ? 'control' : 'tophash'} ${bytes}`;
  return { text, painted: style.bold(text) };
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
  if (first === undefined || last === undefined) return { text: '' };
  const { slot, state, control, key, value } = first;
  if (state !== 'full') {
    const range = slot === last.slot ? String(slot) : `${slot}-${last.slot}`;
    const text = `  ${range.padEnd(3)}  ${WORDS[state]}`;
    return { text, painted: state === 'tombstone' ? style.warn(text) : style.dim(text) };
  }
  const hash = `${unit.part === 'group' ? 'H2' : 'tophash'} ${control}`;
  if (key === undefined || value === undefined)
    return { text: `  ${String(slot).padEnd(3)}  ${hash}  shown where the key was seen last` };
  return { text: `  ${String(slot).padEnd(3)}  ${hash}  ${valueText(key)} → ${printable(valueText(value))}` };
}
