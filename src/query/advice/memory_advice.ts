import type { MapFacts } from '../../advice/facts.ts';
import { largeElement } from '../../advice/large_element.ts';
import { oversized } from '../../advice/oversized.ts';
import type { MapMeasure } from '../../inspect/measure/map_measure.ts';
import type { FoundMap } from '../../inspect/find/found_map.ts';
import type { Program } from '../../inspect/place/program.ts';
import { hex } from '../../model/addr.ts';
import type { Advice } from '../../protocol/advice.ts';
import type { MapAdvice } from '../../protocol/maps.ts';
import { factsOf } from './memory_facts.ts';
import { partFacts } from './part_facts.ts';

/** What a map's memory alone tells: how large it is for what it holds, and what its elements are. */
export function memoryAdvice(
  { types, binary }: Program,
  map: FoundMap,
  measure: MapMeasure | undefined,
): readonly MapAdvice[] {
  const type = map.type.descriptor === undefined ? undefined : types.map(map.type.descriptor);
  // What changed while it was measured, or moves its entries, has another size in a moment.
  if (type === undefined || measure?.consistent !== true || measure.bytes.oldBuckets > 0) return [];
  const key = partFacts(types, type.key, type.indirectKey);
  const elem = partFacts(types, type.elem, type.indirectElem);
  const facts: MapFacts = {
    kind: 'map',
    map: { name: map.name, address: hex(map.header), type: type.name },
    flavour: binary.flavour,
    goMinor: binary.version.minor,
    ...(key === undefined ? {} : { key }),
    ...(elem === undefined ? {} : { elem }),
    lens: [{ atSeconds: 0, len: measure.entries }],
    memory: factsOf(measure),
  };
  return [oversized(facts), largeElement(facts)].flatMap((one) => (one === undefined ? [] : [inShort(one)]));
}

/** As a list of maps has it. */
export const inShort = ({ kind, text, gain }: Advice): MapAdvice => ({
  code: kind,
  text,
  ...(gain.bytes === undefined ? {} : { gain: gain.bytes }),
});
