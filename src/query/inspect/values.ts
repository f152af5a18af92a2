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
import { type Addr, addr, hex } from '../../model/addr.ts';
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
  if (!truncated && !unreadable) return { text };
  return { text, ...(truncated ? { truncated: true } : {}), ...(unreadable ? { unreadable: true } : {}) };
}

/** Written out: of a large map there are millions of these. */
function placeOf(place: SlotPlace): InspectedPlace {
  const { part, index, table, depth, old, slot } = place;
  const control = controlText(place.control);
  const address = unitAddress(place.address);
  if (part === 'group') return { part, index, table, address, slot, control };
  if (depth === 0 && !old) return { part, index, address, slot, control };
  return { ...unitOf(place), slot, control };
}

let lastAddress = addr(0);
let lastText = hex(lastAddress);

/** The address of a bucket or group, whose entries come one after the other. */
function unitAddress(address: Addr): string {
  if (address !== lastAddress) [lastAddress, lastText] = [address, hex(address)];
  return lastText;
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

const CONTROLS = Array.from({ length: 256 }, (_, control) => `0x${control.toString(16).padStart(2, '0')}`);

/** A tophash or control byte: `0x3f`. */
export const controlText = (control: number): string => CONTROLS[control] ?? '';
