import { view } from '../../binary/elf/bounded_reader.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import type { Addr } from '../../model/addr.ts';
import { type MapPlace, scanContext } from '../scan.ts';
import { scanMap } from '../scan_map.ts';
import type { UnitPlace } from '../slots.ts';
import { allocated } from './allocation.ts';
import type { HeldRef, HeldWalker } from './held_walker.ts';
import { partBytes } from './part_bytes.ts';
import { headerSize } from './structure.ts';
import { holdsPointers, unitFacts } from './unit_facts.ts';

/** Adds the memory of a map that is a value, and what its entries refer to. False when something is left out. */
export function innerMapRefs(
  place: Omit<MapPlace, 'type'>,
  mapType: Addr,
  types: TypeReader,
  walker: HeldWalker,
  depth: number,
  seen: Set<number>,
  found: HeldRef[],
): boolean {
  const { memory, address } = place;
  const type = types.map(mapType);
  const [key, elem] = type === undefined ? [] : [types.head(type.key), types.head(type.elem)];
  if (type === undefined || key === undefined || elem === undefined) return false;
  const inner: MapPlace = { ...place, type };
  if (scanContext(inner, undefined).header() === undefined) return false;
  const overflow: UnitPlace[] = [];
  const parts = [
    { head: key, indirect: type.indirectKey, refers: walker.refers(type.key) },
    { head: elem, indirect: type.indirectElem, refers: walker.refers(type.elem) },
  ];
  const { header, totals } = scanMap<undefined>(inner, {
    read: (block, keyAt, elemAt) => {
      parts.forEach(({ head, indirect, refers }, i) => {
        const at = i === 0 ? keyAt : elemAt;
        const where = indirect ? Number(view(block).getBigUint64(at, true)) : 0;
        if (indirect)
          found.push({ start: where, size: head.size, pointers: holdsPointers(memory, head.address) });
        if (!refers) return;
        const bytes = indirect ? memory.read(where, head.size)?.slice() : block.slice(at, at + head.size);
        if (bytes !== undefined) walker.walk(head.address, bytes, depth + 1, seen, found);
      });
      return undefined;
    },
    deliver: () => undefined,
    unit: ({ place: unit }) => {
      if (unit.part === 'overflow') overflow.push(unit);
    },
  });
  const facts = unitFacts(memory, types, type);
  const sizes = partBytes(memory, address, header, facts, overflow);
  const own = allocated(headerSize(facts.kind, facts.version), true, facts.version);
  const size = own + Object.values(sizes?.bytes ?? {}).reduce((all, n) => all + n, 0);
  found.push({ start: address, size, pointers: true, exact: true });
  return sizes !== undefined && totals.unstable === 0;
}
