import { view } from '../../binary/elf/bounded_reader.ts';
import { isMapauditError } from '../../base/errors.ts';
import type { GoType } from '../../go/debug/go_type.ts';
import type { MapType } from '../../go/types/go_type.ts';
import { type Addr, addr } from '../../model/addr.ts';
import { type LiveMemory, liveValue } from '../live_value.ts';
import { type Place, placeAt } from '../place/place.ts';
import type { Program } from '../place/program.ts';
import type { SlotVisitor } from '../scan.ts';
import { scanMap } from '../scan_map.ts';
import { unitShape } from '../slots.ts';
import { type FoundMap, KEY_LIMITS, type MapValue, type MapValues } from './found_map.ts';
import { valuesOfSyncMap } from './sync_map_values.ts';

/**
 * The values of a program's maps, for finding the maps that they hold; of each map up to one more than `most`,
 * so that it shows when there are more.
 */
export function valuesOf(program: Program, most: number, pause: () => boolean): MapValues {
  return (map, wanted) => {
    if (map.kind === 'sync.Map') return valuesOfSyncMap(program, map, { most: most + 1, pause, wanted });
    // What it holds, its sync.Map holds.
    if (map.part !== undefined) return [];
    const type = map.type.descriptor === undefined ? undefined : program.types.map(map.type.descriptor);
    const elem = map.type.elem();
    if (type === undefined || elem === undefined) return [];
    return firstValues(program, { header: map.header, type, elem }, most + 1, pause);
  };
}

interface Searched {
  readonly header: FoundMap['header'];
  readonly type: MapType;
  readonly elem: GoType;
}

/** Ends a scan before its time. */
class Enough extends Error {}

function firstValues(
  program: Program,
  map: Searched,
  most: number,
  pause: () => boolean,
): readonly MapValue[] {
  const found: MapValue[] = [];
  const visitor = valueVisitor(program, map, (value) => {
    found.push(value);
    if (found.length >= most) throw new Enough();
  });
  try {
    scanMap({ memory: program.memory, type: map.type, address: map.header, pause }, visitor);
  } catch (error) {
    // A map that is gone by now holds nothing.
    if (!(error instanceof Enough) && !isMapauditError(error)) throw error;
  }
  return found;
}

type Entry = MapValue & { readonly slot: Addr };

function valueVisitor(
  program: Program,
  { type, elem }: Searched,
  deliver: (value: MapValue) => void,
): SlotVisitor<Entry> {
  const shape = unitShape(type);
  const keyText = keyWriter(program, type);
  return {
    deliver,
    identity: ({ slot }) => String(slot),
    read: (block, key, at, { address, slot }) => {
      const place = addr(address + shape.elemsAt + slot * shape.elemStride);
      const value = type.indirectElem
        ? placeAt(program.memory, wordIn(block, at), elem)
        : withBytes(place, elem, block.slice(at, at + elem.size));
      return { path: `[${keyText(block, key)}]`, value, slot: place };
    },
  };
}

/** The element as it was in its slot, which did not change while it was read. */
const withBytes = (address: Addr, type: GoType, bytes: Uint8Array): Place => ({
  type,
  address,
  read: (at, n) => (at + n > bytes.length ? undefined : bytes.subarray(at, at + n)),
});

/** Writes keys as an expression has them. */
function keyWriter(program: Program, type: MapType): (block: Uint8Array, at: number) => string {
  const { memory, types } = program;
  const size = types.head(type.key)?.size ?? 0;
  const live: LiveMemory = { memory, types, limits: KEY_LIMITS, innerMap: () => undefined, isKey: true };
  return (block, at) => {
    const bytes = type.indirectKey ? memory.read(wordIn(block, at), size) : block.subarray(at, at + size);
    return (bytes === undefined ? undefined : liveValue(live, type.key, bytes)?.text) ?? '…';
  };
}

const wordIn = (block: Uint8Array, at: number): Addr => addr(Number(view(block).getBigUint64(at, true)));
