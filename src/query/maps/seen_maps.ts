import { runtimeType } from '../../go/debug/runtime_type.ts';
import type { FoundMap, FoundMaps } from '../../inspect/find/found_map.ts';
import { plausibleMap } from '../../inspect/find/plausible.ts';
import { placeOfBytes } from '../../inspect/place/place.ts';
import type { Program } from '../../inspect/place/program.ts';
import { addr } from '../../model/addr.ts';
import type { SeenMap } from './observed_maps.ts';

const NO_BYTES = new Uint8Array(0);

/**
 * Maps that operations were seen on and memory did not lead to, as far as they still look like maps; by the name
 * that an earlier look found them under, or with an empty one.
 */
export function seenMaps(
  program: Program,
  seen: readonly SeenMap[],
  [found, before]: readonly FoundMaps[],
): FoundMap[] {
  const known = new Set(found?.maps.map((map) => map.header));
  const earlier = new Map(before?.maps.map((map) => [map.header, map]));
  return seen.flatMap(({ address, type: descriptor }) => {
    const header = addr(address);
    if (known.has(header) || !plausibleMap(program, header)) return [];
    const was = earlier.get(header);
    if (was !== undefined && (descriptor === undefined || was.type.descriptor === descriptor)) return [was];
    const type = descriptor === undefined ? undefined : runtimeType(program.types, addr(descriptor));
    if (type === undefined) return [];
    const holder = placeOfBytes(NO_BYTES, type);
    return [{ kind: 'map', name: '', header, type, holder, owner: undefined, where: undefined }];
  });
}
