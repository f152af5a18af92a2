import { entryVisitor, type MapEntry } from '../../src/inspect/entries.ts';
import type { Program } from '../../src/inspect/place/program.ts';
import { type MapScan, scanMap } from '../../src/inspect/scan_map.ts';
import { pause } from '../../src/sys/pause.ts';
import type { LedgerMap } from './program.ts';

const LIMITS = { text: 4096, items: 4096, pointers: 3 };

/** What was read of a map. */
export interface Read {
  readonly scan: MapScan;
  readonly entries: readonly MapEntry[];
}

/** Reads a map of a process or a core dump. */
export function readMap(
  { memory, types }: Pick<Program, 'memory' | 'types'>,
  { type, address }: Pick<LedgerMap, 'type' | 'address'>,
): Read {
  const map = types.map(type);
  if (map === undefined) throw new Error('no such type');
  const entries: MapEntry[] = [];
  const visitor = entryVisitor(map, { memory, types, limits: LIMITS, pause }, (entry) => entries.push(entry));
  return { scan: scanMap({ memory, type: map, address, pause }, visitor), entries };
}

/** What differs between a map and what the program wrote down about it; all is well when it is empty. */
export function differences({ scan, entries }: Read, wanted: LedgerMap): string[] {
  const found: string[] = [];
  const got = new Map(entries.map((entry) => [entry.key.text, entry.value]));
  if (entries.length !== wanted.entries.size || got.size !== entries.length)
    found.push(`${wanted.name}: ${entries.length} entries for ${wanted.entries.size}`);
  for (const [key, value] of wanted.entries)
    if (!isShown(value, got.get(key)))
      found.push(`${wanted.name}: ${key} is ${value}, shown as ${String(got.get(key)?.text)}`);
  if (!scan.consistent) found.push(`${wanted.name}: not consistent, though nothing changes`);
  return found;
}

/** The whole value, or of a very long array its beginning, marked as cut. */
export function isShown(wanted: string, shown: MapEntry['value'] | undefined): boolean {
  if (shown?.truncated !== true) return shown?.text === wanted;
  return wanted.length > 2000 && wanted.startsWith(shown.text.replace(/…\}$/, ''));
}
