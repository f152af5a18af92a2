import type { HeldBytes } from '../../inspect/measure/held.ts';
import type { MapRow } from './map_row.ts';

/** What keys and values refer to, as a row has it. */
export function heldRow(held: HeldBytes | undefined): Pick<MapRow, 'held_bytes' | 'held_at_least'> {
  if (held === undefined) return {};
  return { held_bytes: held.total, ...(held.complete ? {} : { held_at_least: true }) };
}
