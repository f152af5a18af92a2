import type { FormattedValue } from '../../go/value/format_value.ts';
import type { MapEntry } from '../../inspect/entries.ts';
import type { SeenUnit } from '../../inspect/scan.ts';
import {
  isEvacuated,
  isFull,
  type SlotPlace,
  TOMBSTONE,
  type UnitPlace,
  type UnitShape,
} from '../../inspect/slots.ts';
import { hex } from '../../model/addr.ts';
import type {
  InspectedEntry,
  InspectedPlace,
  InspectedSlot,
  InspectedSlots,
  InspectedUnit,
  InspectedValue,
  SlotState,
} from '../../protocol/inspect.ts';

/** An entry as it is printed. */
export function entryLine({ key, value, slot }: MapEntry): InspectedEntry {
  return { type: 'entry', key: valueOf(key), value: valueOf(value), slot: placeOf(slot) };
}

/** A bucket or group as it is printed: all eight slots. */
export function slotsLine(
  kind: UnitShape['kind'],
  { place, controls, entries }: SeenUnit<MapEntry>,
): InspectedSlots {
  const bySlot = new Map(entries.map((entry) => [entry.slot.slot, entry]));
  const slots = Array.from(controls, (control, slot): InspectedSlot => {
    const entry = bySlot.get(slot);
    return {
      slot,
      state: stateOf(kind, control),
      control: controlText(control),
      ...(entry === undefined ? {} : { key: valueOf(entry.key), value: valueOf(entry.value) }),
    };
  });
  return { type: 'slots', unit: unitOf(place), slots };
}

/** go1.23.12 src/runtime/map.go, emptyRest and emptyOne; go1.26.8 src/internal/runtime/maps/group.go, ctrlEmpty and ctrlDeleted. */
export function stateOf(kind: UnitShape['kind'], control: number): SlotState {
  if (isFull(kind, control)) return 'full';
  if (kind === 'swiss') return control === TOMBSTONE ? 'tombstone' : 'empty';
  if (isEvacuated(control)) return 'evacuated';
  return control === 0 ? 'empty-rest' : 'empty';
}

export function valueOf({ text, truncated, unreadable }: FormattedValue): InspectedValue {
  return { text, ...(truncated ? { truncated: true } : {}), ...(unreadable ? { unreadable: true } : {}) };
}

function placeOf(place: SlotPlace): InspectedPlace {
  return { ...unitOf(place), slot: place.slot, control: controlText(place.control) };
}

/** A bucket or group as it is printed. */
export function unitOf({ part, index, table, depth, old, address }: UnitPlace): InspectedUnit {
  return {
    part,
    index,
    ...(part === 'group' ? { table } : {}),
    ...(depth > 0 ? { depth } : {}),
    ...(old ? { old: true } : {}),
    address: hex(address),
  };
}

/** A tophash or control byte: `0x3f`. */
export const controlText = (control: number): string => `0x${control.toString(16).padStart(2, '0')}`;
