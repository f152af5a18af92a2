import { describe, expect, it } from 'vitest';
import { isMapauditError } from '../../base/errors.ts';
import { fileAddr } from '../../model/addr.ts';
import { bufferSource } from '../../model/byte_source.ts';
import { parseElf } from './elf_file.ts';
import { biasOf, imageOf } from './image.ts';
import { makeElf } from './testing.ts';

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isMapauditError(error)) return error.code;
    throw error;
  }
  return 'none';
};

describe('parseElf', () => {
  it('reads sections and segments', () => {
    const elf = parseElf(bufferSource(makeElf({ sections: { '.text': 'code', '.data': 'data' } })));
    expect(elf.section('.data')).toMatchObject({ size: 4 });
    const text = elf.section('.text');
    expect(elf.read(text?.address ?? fileAddr(0), 4)).toEqual(new TextEncoder().encode('code'));
    expect(elf.read(fileAddr(0x10), 4)).toBeUndefined();
    expect(elf.fileOffsetOf(text?.address ?? fileAddr(0))).toBe(text?.offset);
  });

  it.each([
    ['elf-not-elf', (b: Uint8Array) => b.fill(0, 0, 4)],
    ['elf-32-bit', (b: Uint8Array) => b.fill(1, 4, 5)],
    ['elf-foreign-machine', (b: Uint8Array) => b.fill(183, 18, 19)],
    // A big-endian machine's: all numbers are the other way round.
    ['elf-foreign-machine', (b: Uint8Array) => b.fill(2, 5, 6).fill(0, 18, 19).fill(22, 19, 20)],
    ['elf-foreign-system', (b: Uint8Array) => b.fill(9, 7, 8)],
    ['elf-corrupt', (b: Uint8Array) => b.fill(7, 5, 6)],
    ['elf-not-executable', (b: Uint8Array) => b.fill(1, 16, 17)],
    ['elf-corrupt', (b: Uint8Array) => b.fill(0xff, 40, 48)],
    ['elf-corrupt', (b: Uint8Array) => b.fill(0x7f, 54, 58)],
  ])('says %s', (code, spoil) => {
    const bytes = makeElf({ sections: { '.text': 'code' } });
    spoil(bytes);
    expect(codeOf(() => parseElf(bufferSource(bytes)))).toBe(code);
  });
});

describe('biasOf', () => {
  it('comes from where the loader mapped the first segment', () => {
    const pie = parseElf(bufferSource(makeElf({ sections: { '.text': 'code' }, pie: true, base: 0x400000 })));
    expect(biasOf(pie, [{ start: 0x5555_5540_0000, fileOffset: 0 }])).toBe(0x5555_5500_0000);
    expect(biasOf(pie, [{ start: 0x5555_5540_0000, fileOffset: 0x9000 }])).toBeUndefined();
    const fixed = parseElf(bufferSource(makeElf({ sections: { '.text': 'code' }, base: 0x400000 })));
    expect(biasOf(fixed, [])).toBe(0);
  });
});

describe('imageOf', () => {
  it('fills in relocations that the file leaves out', () => {
    const rela = new Uint8Array(24);
    const view = new DataView(rela.buffer);
    const make = (): Uint8Array =>
      makeElf({
        sections: { '.data': '\0'.repeat(16), '.rela.dyn': String.fromCharCode(...rela) },
        pie: true,
        base: 0x1000,
      });
    const at = parseElf(bufferSource(make())).section('.data')?.address ?? fileAddr(0);
    view.setBigUint64(0, BigInt(at + 8), true);
    view.setUint32(8, 8, true);
    view.setBigInt64(16, 0x1234n, true);
    const image = imageOf(parseElf(bufferSource(make())));
    const word = image.read(at + 8, 8);
    expect(
      word === undefined ? undefined : new DataView(word.buffer, word.byteOffset).getUint32(0, true),
    ).toBe(0x1234);
  });
});
