import { MapauditError } from '../base/errors.ts';
import { hex } from '../model/addr.ts';
import type { MapHeader } from './map_header.ts';
import { damagedMap } from './damaged.ts';
import { type MapPlace, scanContext, type ScanContext, type ScanTotals, type SlotVisitor } from './scan.ts';
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
   * Nothing changed from the beginning to the end, as far as the header and the number of entries tell. An
   * update of a value, or a delete and an insert, may still have come between: `sameState` of two scans tells
   * that too. In any case each entry was there at some moment during the scan, and each one that was there all
   * the time is told.
   */
  readonly consistent: boolean;
}

/** What is known before a scan has ended. */
export type MapScanSoFar = Pick<MapScan, 'header' | 'totals'>;

/**
 * Goes through a map that a program may be using, without stopping it. Errors: `not-a-map` when what lies at
 * the address is no map of this type; `damaged-map` when its parts do not fit together.
 */
export function scanMap<T>(place: MapPlace, visitor?: SlotVisitor<T>): MapScan {
  const steps = scanSteps(place, visitor);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * The same in steps of some thousand slots at most, so that others can have their turn between them, and the
 * scan be left early.
 */
export function* scanSteps<T>(place: MapPlace, visitor?: SlotVisitor<T>): Generator<MapScanSoFar, MapScan> {
  const context = scanContext(place, visitor);
  const header = context.header();
  if (header === undefined) throw notAMap(place);
  const parts = header.kind === 'swiss' ? scanSwiss(context, header) : scanClassic(context);
  const { totals } = context;
  while (parts.next().done !== true) yield { header, totals };
  return endOfScan(context, header);
}

function endOfScan<T>(context: ScanContext<T>, header: MapHeader): MapScan {
  const end = context.header();
  const { totals } = context;
  const same = end !== undefined && sameHeader(header, end);
  const consistent =
    same &&
    !header.writing &&
    totals.unstable === 0 &&
    totals.restarts === 0 &&
    totals.entries === header.count;
  if (
    same &&
    !header.writing &&
    totals.unstable === 0 &&
    totals.restarts === 0 &&
    header.count > slotsOf(totals)
  )
    throw damagedMap(
      context.place,
      `it says to have ${countText(header.count)} entries, in ${slotsOf(totals).toLocaleString('en-US')} slots`,
    );
  return { header, end, totals, consistent };
}

const countText = (count: number): string =>
  Number.isSafeInteger(count) ? count.toLocaleString('en-US') : 'more than 2^53';

const SLOTS = 8;
const slotsOf = ({ units }: ScanTotals): number => units * SLOTS;

/**
 * Whether two scans, one after the other, read the same bytes throughout: then all of that was in the map at
 * the moment between them (unless something was changed and changed back).
 */
export function sameState(a: MapScan, b: MapScan): boolean {
  return (
    a.consistent && b.consistent && sameHeader(a.header, b.header) && a.totals.digest === b.totals.digest
  );
}

const sameHeader = (a: MapHeader, b: MapHeader): boolean =>
  JSON.stringify(plain(a)) === JSON.stringify(plain(b));

const plain = (header: MapHeader): unknown =>
  'seed' in header ? { ...header, seed: String(header.seed) } : header;

/** What lies there is no map of this type, or none any more; or nothing is known of what lies there. */
export function notAMap({ address, type, memory }: MapPlace): MapauditError {
  if (memory.read(address, 8) === undefined)
    return new MapauditError(
      'unreadable-memory',
      `the memory at ${hex(address)}, of a ${type.name}, is not there`,
      {
        fields: { address: hex(address) },
        hint:
          memory.frozen === true
            ? 'The core dump does not hold it: it ends too early, or was told to leave such memory out.'
            : 'The map may be gone: mapaudit maps lists those that are there.',
      },
    );
  return new MapauditError('not-a-map', `what lies at ${hex(address)} is no ${type.name}`, {
    fields: { address: hex(address) },
    hint: 'The map may be gone, or the address be that of something else: mapaudit maps lists those that are there.',
  });
}
