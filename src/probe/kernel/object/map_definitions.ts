import type { ElfObject } from './elf_object.ts';

/** A map as the C declares it: struct bpf_map_def. */
export interface MapDefinition {
  readonly name: string;
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
}

/** The maps of section `maps`. */
export function mapDefinitions(object: ElfObject): MapDefinition[] {
  const { index, bytes } = object.section('maps');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return object.symbols
    .filter((symbol) => symbol.section === index && symbol.name !== '' && symbol.name !== 'maps')
    .map(({ name, value }) => ({
      name,
      type: view.getUint32(value, true),
      keySize: view.getUint32(value + 4, true),
      valueSize: view.getUint32(value + 8, true),
      maxEntries: view.getUint32(value + 12, true),
      flags: view.getUint32(value + 16, true),
    }));
}
