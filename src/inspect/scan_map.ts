import { MapauditError } from '../base/errors.ts';
import { hex } from '../model/addr.ts';
import type { MapHeader } from './map_header.ts';
import { type MapPlace, scanContext, type ScanTotals, type SlotVisitor } from './scan.ts';
import { scanClassic } from './scan_classic.ts';
import { scanSwiss } from './scan_swiss.ts';

/** What a scan found out about a map. */
export interface MapScan {
  /** The header when the scan began. */
  readonly header: MapHeader;
  /** The header when it had ended; undefined when the map was gone by then. */
  readonly end: MapHeader | undefined;
  readonly totals: ScanTotals;
  /**
   * Nothing changed from the beginning to the end, as far as two reads can tell: the answer is a state that
   * the map had at one moment. Otherwise each entry was there at some moment during the scan, and each one
   * that was there all the time is told.
   */
  readonly consistent: boolean;
}

/**
 * Goes through a map that a program may be using, without stopping it. Errors: `not-a-map` when what lies at
 * the address is no map of this type.
 */
export function scanMap<T>(place: MapPlace, visitor?: SlotVisitor<T>): MapScan {
  const context = scanContext(place, visitor);
  const header = context.header();
  if (header === undefined) throw notAMap(place);
  if (header.kind === 'swiss') scanSwiss(context, header);
  else scanClassic(context);
  const end = context.header();
  const { totals } = context;
  const same = end !== undefined && JSON.stringify(plain(end)) === JSON.stringify(plain(header));
  const consistent =
    same &&
    !header.writing &&
    totals.unstable === 0 &&
    totals.restarts === 0 &&
    totals.entries === header.count;
  return { header, end, totals, consistent };
}

const plain = (header: MapHeader): unknown =>
  'seed' in header ? { ...header, seed: String(header.seed) } : header;

function notAMap({ address, type }: MapPlace): MapauditError {
  return new MapauditError('not-a-map', `what lies at ${hex(address)} is no ${type.name}`, {
    fields: { address: hex(address) },
    hint: 'The map may be gone, or the address be that of something else: mapaudit maps lists those that are there.',
  });
}
