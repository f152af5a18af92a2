import type { FoundMap } from '../../inspect/find/found_map.ts';
import { HEADER_BYTES, type MapHeader, parseHeader } from '../../inspect/map_header.ts';
import type { Program } from '../../inspect/place/program.ts';
import { SLOTS, unitShape } from '../../inspect/slots.ts';
import type { MapType } from '../../go/types/go_type.ts';

/** What a map's header alone tells. */
export interface HeadFacts {
  /** Undefined where the program has no descriptor of the type: the linker drops those that no code refers to. */
  readonly type: MapType | undefined;
  readonly header: MapHeader;
  /** What its entries take at least, in bytes. */
  readonly atLeast: number;
}

/** Undefined for what is no map of the runtime, and for maps whose header cannot be read. */
export function headFacts(program: Program, map: FoundMap): HeadFacts | undefined {
  const { types, memory, binary } = program;
  const type = map.type.descriptor === undefined ? undefined : types.map(map.type.descriptor);
  const bytes = map.kind === 'map' ? memory.read(map.header, HEADER_BYTES) : undefined;
  const header =
    bytes === undefined ? undefined : parseHeader(bytes, binary.flavour === 'classic' ? 'classic' : 'swiss');
  if (header === undefined) return undefined;
  const units = header.kind === 'classic' ? unitsOf(header) : Math.ceil(header.count / SLOTS);
  return { type, header, atLeast: type === undefined ? 0 : units * unitShape(type).bytes };
}

const unitsOf = ({ buckets, B }: Extract<MapHeader, { kind: 'classic' }>): number =>
  buckets === 0 ? 0 : 2 ** B;
