import { describe, expect, it } from 'vitest';
import { deflateSync, inflateSync } from 'node:zlib';
import { isMapauditError } from '../../base/errors.ts';
import { bufferSource } from '../../model/byte_source.ts';
import { parseElf } from '../elf/elf_file.ts';
import { makeElf } from '../elf/testing.ts';
import { AT, FORM, OP, TAG } from './constants.ts';
import { type Dwarf, openDwarf } from './dwarf.ts';
import { locationAt } from './lists.ts';
import { locate } from './location.ts';
import type { Inflate } from './sections.ts';

const inflate: Inflate = (packed, size) => {
  try {
    return inflateSync(packed, { maxOutputLength: size });
  } catch {
    return undefined;
  }
};

const text = (bytes: readonly number[]): string => String.fromCharCode(...bytes);
const u16 = (n: number): number[] => [n & 255, n >> 8];
const u32 = (n: number): number[] => [...u16(n & 0xffff), ...u16(n >>> 16)];
const u64 = (n: number): number[] => [...u32(n), 0, 0, 0, 0];
const name = (s: string): number[] => [...Buffer.from(s), 0];

/** Abbreviations: 1 a unit, 2 a variable, 3 a block with children. */
const ABBREV = [
  1, TAG.compileUnit, 1, AT.name, FORM.string, AT.lowPc, FORM.addr, 0, 0,
  2, TAG.variable, 0, AT.name, FORM.strx1, AT.location, FORM.exprloc, AT.type, FORM.ref4, 0, 0,
  3, TAG.lexicalBlock, 1, 0, 0,
  4, TAG.variable, 0, AT.name, FORM.implicitConst, 0x7f, AT.location, FORM.loclistx, 0, 0,
  0,
]; // prettier-ignore

/** A unit of DWARF 5 with some entries; the two offsets that bases need are those of a first unit. */
function unit(entries: readonly number[]): number[] {
  const body = [...u16(5), 1, 8, ...u32(0), 1, ...name('main'), ...u64(0x1000), ...entries];
  return [...u32(body.length), ...body];
}

const VARIABLE = [2, 0, 9, OP.addr, ...u64(0x5000), ...u32(12)];
const INFO = unit([...VARIABLE, 3, 3, 0, ...VARIABLE, 0, 4, 0, 0]);
const STRINGS = {
  '.debug_str': text(name('main.cache')),
  '.debug_str_offsets': text([...u32(8), ...u16(5), 0, 0, ...u32(0)]),
};
/** Head of 12 bytes with one offset; then pieces for 0x1010…0x1020. */
const LOCLISTS = [
  ...u32(28), ...u16(5), 8, 0, ...u32(1), ...u32(4),
  4, 0x10, 0x20, 2, OP.fbreg, 0x70,
  0,
]; // prettier-ignore

function open(sections: Record<string, string>): Dwarf {
  return openDwarf(parseElf(bufferSource(makeElf({ sections }), 'test')), inflate);
}

const plain = (info: readonly number[], abbrev: readonly number[] = ABBREV): Dwarf =>
  open({
    '.debug_info': text(info),
    '.debug_abbrev': text(abbrev),
    '.debug_loclists': text(LOCLISTS),
    ...STRINGS,
  });

/** All entries as `depth:tag`. */
function walked(dwarf: Dwarf): string[] {
  const seen: string[] = [];
  for (const one of dwarf.units())
    dwarf.walk(one, (tag, _offset, depth) => {
      seen.push(`${depth}:${tag.toString(16)}`);
      return true;
    });
  return seen;
}

describe('debug information', () => {
  it('is walked and read, entry by entry', () => {
    const dwarf = plain(INFO);
    expect(walked(dwarf)).toEqual(['0:11', '1:34', '1:b', '2:b', '2:34', '1:34']);
    const root = dwarf.entry(dwarf.units()[0]!.first)!;
    expect([root.name, root.address(AT.lowPc)]).toEqual(['main', 0x1000]);
    const children = [...dwarf.children(root)];
    expect(children.map((child) => child.tag)).toEqual([TAG.variable, TAG.lexicalBlock, TAG.variable]);
    expect(children[0]!.name).toBe('main.cache');
    expect(children[0]!.block(AT.location)).toHaveLength(9);
    expect(children[0]!.reference(AT.type)).toBe(12);
    expect(children[2]!.raw(AT.name)).toBe(-1);
  });

  it('tells where a variable is by its list of locations', () => {
    const dwarf = plain(INFO);
    const local = [...dwarf.children(dwarf.entry(dwarf.units()[0]!.first)!)][2]!;
    expect(locationAt(local, 0x1020)).toBeUndefined();
    const expression = locationAt(local, 0x1010)!;
    const pieces = locate(local, expression, { cfa: 0x8000, word: () => undefined });
    expect(pieces).toEqual([{ location: { kind: 'memory', address: 0x7ff0 }, size: undefined }]);
  });

  it('puts together pieces, values and registers', () => {
    const dwarf = plain(INFO);
    const entry = dwarf.entry(dwarf.units()[0]!.first)!;
    const at = (...bytes: number[]): ReturnType<typeof locate> =>
      locate(entry, Uint8Array.from(bytes), {
        cfa: 0x8000,
        word: (a) => (a === 0x8000 ? 0x9000 : undefined),
      });
    expect(at(OP.reg0 + 3, OP.piece, 8, OP.piece, 4, OP.callFrameCfa, OP.piece, 4)).toEqual([
      { location: { kind: 'register', register: 3 }, size: 8 },
      { location: { kind: 'gone' }, size: 4 },
      { location: { kind: 'memory', address: 0x8000 }, size: 4 },
    ]);
    expect(at(OP.const1s, 0xff, OP.stackValue)).toEqual([
      { location: { kind: 'value', value: -1 }, size: undefined },
    ]);
    expect(at(OP.callFrameCfa, OP.deref)).toEqual([
      { location: { kind: 'memory', address: 0x9000 }, size: undefined },
    ]);
    expect(at(OP.fbreg, 8, OP.deref)).toBeUndefined();
    expect(at(0xff)).toBeUndefined();
    expect(() => at(OP.addr, 1)).toThrow(/corrupt/);
  });

  it('unpacks both ways of compression, and refuses what does not unpack to what it says', () => {
    const sizeOf = (n: number): number[] => [...u64(n)].reverse();
    const zdebug = (bytes: readonly number[], size: number): string =>
      text([...Buffer.from('ZLIB'), ...sizeOf(size), ...deflateSync(Uint8Array.from(bytes))]);
    const packed = {
      '.zdebug_info': zdebug(INFO, INFO.length),
      '.zdebug_abbrev': zdebug(ABBREV, ABBREV.length),
      ...STRINGS,
    };
    expect(walked(open(packed))).toHaveLength(6);
    for (const size of [INFO.length - 1, INFO.length + 1, 2 ** 31]) {
      const broken = open({ ...packed, '.zdebug_info': zdebug(INFO, size) });
      expect(() => broken.units()).toThrow(/\.zdebug_info is corrupt/);
    }
  });

  it('is absent from a file without it', () => {
    expect(() => open({ '.text': 'x' })).toThrow(expect.objectContaining({ code: 'no-dwarf' }) as Error);
  });
});

describe('hostile debug information', () => {
  /** Reads everything; true when it was read or refused, with the offset named. */
  function survives(dwarf: Dwarf): boolean {
    try {
      for (const one of dwarf.units())
        dwarf.walk(one, (_tag, offset) => {
          const entry = dwarf.entry(offset, one);
          for (const attribute of Object.values(AT)) {
            entry?.text(attribute);
            entry?.address(attribute);
            entry?.referred(attribute);
          }
          if (entry !== undefined) locationAt(entry, 0x1010);
          return true;
        });
      return true;
    } catch (error) {
      return isMapauditError(error, 'dwarf-corrupt') && typeof error.fields['offset'] === 'number';
    }
  }

  it('is refused with the place, wherever it is cut off', () => {
    for (let end = 0; end < INFO.length; end++) expect(survives(plain(INFO.slice(0, end)))).toBe(true);
    for (let end = 0; end < ABBREV.length; end++)
      expect(survives(plain(INFO, ABBREV.slice(0, end)))).toBe(true);
  });

  it('is read or refused, whichever byte is changed', () => {
    for (let at = 0; at < INFO.length; at++)
      for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
        const changed = [...INFO];
        changed[at] = byte;
        expect(survives(plain(changed))).toBe(true);
      }
    for (let at = 0; at < ABBREV.length; at++)
      for (const byte of [0, 1, 0x16, 0x21, 0x80, 0xff]) {
        const changed = [...ABBREV];
        changed[at] = byte;
        expect(survives(plain(INFO, changed))).toBe(true);
      }
  });

  it('says where', () => {
    const broken = plain([...INFO.slice(0, 12), 9, ...INFO.slice(13)]);
    expect(() => walked(broken)).toThrow(
      '.debug_info is corrupt at offset 0xd: abbreviation 9 is not defined',
    );
  });
});
