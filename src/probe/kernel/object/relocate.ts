import { MapauditError } from '../../../base/errors.ts';
import type { ElfObject } from './elf_object.ts';

/** Instructions that load a map, or an address inside one: include/uapi/linux/bpf.h. */
const BPF_LD_IMM64 = 0x18;
const BPF_PSEUDO_MAP_FD = 1;
const BPF_PSEUDO_MAP_VALUE = 2;

/** File descriptors of the maps by name; `.rodata` is the one with the read-only data. */
export type MapNumbers = (name: string) => number | undefined;

/** The instructions of one program section, with the maps that exist now filled in. */
export function relocate(object: ElfObject, sectionName: string, numberOf: MapNumbers): Uint8Array {
  const section = object.section(sectionName);
  const code = section.bytes.slice();
  const view = new DataView(code.buffer);
  for (const { offset, symbol } of object.relocationsOf(section)) {
    if (view.getUint8(offset) !== BPF_LD_IMM64)
      throw unexpected(`instruction at ${offset} of ${sectionName}`);
    const target = object.sections[symbol.section]?.name;
    const map = target === 'maps' ? symbol.name : target;
    const number = map === undefined ? undefined : numberOf(map);
    if (number === undefined) throw unexpected(`map ${map ?? '?'}`);
    const pseudo = target === 'maps' ? BPF_PSEUDO_MAP_FD : BPF_PSEUDO_MAP_VALUE;
    const inside = symbol.value + view.getInt32(offset + 4, true);
    view.setUint8(offset + 1, (view.getUint8(offset + 1) & 0x0f) | (pseudo << 4));
    view.setInt32(offset + 4, number, true);
    view.setInt32(offset + 12, target === 'maps' ? 0 : inside, true);
  }
  return code;
}

function unexpected(what: string): MapauditError {
  return new MapauditError('broken-install', `mapaudit's eBPF object refers to an unknown ${what}`, {
    hint: 'Install mapaudit again.',
  });
}
