import { describe, expect, it } from 'vitest';
import { isMapauditError } from '../../base/errors.ts';
import { fileAddr } from '../../model/addr.ts';
import { bufferSource } from '../../model/byte_source.ts';
import { randomly } from '../testing.ts';
import { type Frame, framesAt } from './frames.ts';
import { locatePclntab } from './locate.ts';
import { Pclntab } from './pclntab.ts';
import { elfWithTable, makePclntab, type TablePicture } from './testing.ts';

const TEXT = fileAddr(0x401000);
const GOFUNC = fileAddr(0x500000);

/** `outer` calls `middle` at 0x30, `middle` calls `inner` at 0x20: both are inlined. */
const picture = (layout: TablePicture['layout']): TablePicture => ({
  layout,
  files: ['/go/src/main.go', '/go/src/lib/lib.go'],
  functions: [
    { name: 'main.first', size: 0x20, files: [[0x20, 0]], lines: [[0x20, 7]] },
    {
      name: 'main.outer',
      size: 0x60,
      files: [
        [0x30, 0],
        [0x50, 1],
        [0x60, 0],
      ],
      lines: [
        [0x20, 12],
        [0x21, 300],
        [0x30, 20],
        [0x31, 11],
        [0x40, 41],
        [0x50, 40],
        [0x60, 13],
      ],
      inlined: [
        [0x20, -1],
        [0x30, 0],
        [0x31, -1],
        [0x40, 0],
        [0x50, 1],
        [0x60, -1],
      ],
      calls: [
        { name: 'lib.middle', parentPc: 0x30 },
        { name: 'lib.inner', parentPc: 0x31 },
      ],
    },
    { name: 'main.Keep[...]', size: 0x10, files: [[0x10, 0]], lines: [[0x10, 50]] },
    { name: 'main.Keep[...]', size: 0x10, files: [[0x10, 0]], lines: [[0x10, 50]] },
    { name: 'main.Keep[go.shape.int64,go.shape.int]', size: 0x10 },
  ],
});

function open(layout: TablePicture['layout']): {
  readonly table: Pclntab;
  readonly frames: (offset: number) => Frame[];
} {
  const made = makePclntab(picture(layout));
  const table = new Pclntab(elfWithTable(made.table));
  table.setText(TEXT);
  const image = bufferSource(made.gofunc, 'gofunc', GOFUNC);
  return { table, frames: (offset) => framesAt(table, image, GOFUNC, fileAddr(TEXT + offset)) };
}

describe.each(['go1.18', 'go1.20'] as const)('the table of functions as since %s', (layout) => {
  const { table, frames } = open(layout);

  it('finds functions by address, from their first byte to their last', () => {
    const at = (offset: number): string | undefined => table.functionAt(fileAddr(TEXT + offset))?.name;
    expect([at(-1), at(0), at(0x1f), at(0x20), at(0x7f), at(0x80), at(0xaf), at(0xb0)]).toEqual([
      undefined,
      'main.first',
      'main.first',
      'main.outer',
      'main.outer',
      'main.Keep[...]',
      'main.Keep[go.shape.int64,go.shape.int]',
      undefined,
    ]);
  });

  it('finds functions by name', () => {
    expect(table.functionNamed('main.outer')).toEqual({
      name: 'main.outer',
      start: TEXT + 0x20,
      end: TEXT + 0x80,
    });
    expect(table.functionNamed('main.out')).toBeUndefined();
    expect(table.functionNamed('ain.outer')).toBeUndefined();
    expect(table.functionNamed('')).toBeUndefined();
    expect(table.functionNamed('_nodot')).toBeUndefined();
  });

  it('does not take a name that only inlined calls have for a function', () => {
    expect(table.functionNamed('lib.inner')).toBeUndefined();
  });

  it('gives the first of several generic functions of one name', () => {
    expect(table.functionNamed('main.Keep[...]')?.start).toBe(TEXT + 0x80);
    expect(table.functionNamed('main.Keep[go.shape.int64,go.shape.int]')?.start).toBe(TEXT + 0xa0);
  });

  it('gives one frame where nothing is inlined', () => {
    expect(frames(0x10)).toEqual([
      { function: 'main.first', file: '/go/src/main.go', line: 7, inlined: false },
    ]);
    expect(frames(0x20 + 0x10)).toMatchObject([{ function: 'main.outer', line: 12 }]);
    expect(frames(-1)).toEqual([]);
  });

  it('gives inlined calls innermost first, each with the line of the call inside it', () => {
    expect(frames(0x20 + 0x45)).toEqual([
      { function: 'lib.inner', file: '/go/src/lib/lib.go', line: 40, inlined: true },
      { function: 'lib.middle', file: '/go/src/lib/lib.go', line: 41, inlined: true },
      { function: 'main.outer', file: '/go/src/lib/lib.go', line: 11, inlined: false },
    ]);
  });
});

describe('lines that the table does not know', () => {
  it('are none at all, as the runtime has it', () => {
    const made = makePclntab({
      layout: 'go1.20',
      files: ['a.go'],
      functions: [
        { name: 'main.with', size: 0x10, files: [[0x10, 0]], lines: [[0x10, 9]] },
        { name: 'asm.without', size: 0x10 },
        { name: 'asm.noLine', size: 0x10, files: [[0x10, 0]], lines: [[0x10, -1]] },
      ],
    });
    const table = new Pclntab(elfWithTable(made.table));
    const frames = (pc: number): Frame[] => framesAt(table, bufferSource(made.gofunc), GOFUNC, fileAddr(pc));
    expect(frames(0x18)).toEqual([{ function: 'asm.without', file: '?', line: 0, inlined: false }]);
    expect(frames(0x28)).toEqual([{ function: 'asm.noLine', file: '?', line: 0, inlined: false }]);
  });
});

describe('a table that is not as it should be', () => {
  const { table: whole } = makePclntab(picture('go1.20'));
  const patched = (at: number, ...bytes: number[]): Uint8Array => {
    const copy = whole.slice();
    copy.set(bytes, at);
    return copy;
  };
  const codeOf = (bytes: Uint8Array): string => {
    try {
      new Pclntab(elfWithTable(bytes));
      return 'none';
    } catch (error) {
      if (isMapauditError(error)) return error.code;
      throw error;
    }
  };

  it('is refused when it is of another layout, machine or word size', () => {
    expect(codeOf(whole)).toBe('none');
    expect(codeOf(patched(0, 0xfa))).toBe('pclntab-unknown');
    expect(codeOf(patched(0, 0xf2))).toBe('pclntab-unknown');
    expect(codeOf(patched(6, 4))).toBe('pclntab-unknown');
    expect(codeOf(patched(7, 4))).toBe('pclntab-unknown');
  });

  it('is refused when its parts lie outside of it', () => {
    expect(codeOf(whole.slice(0, 71))).toBe('pclntab-corrupt');
    for (const at of [8, 32, 40, 48, 56, 64])
      expect(codeOf(patched(at, 0, 0, 0, 0x7f)), String(at)).toBe('pclntab-corrupt');
    for (const at of [8, 64])
      expect(codeOf(patched(at, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff))).toBe('pclntab-corrupt');
  });

  it('has no function for a record beyond its end, and no name for an offset before its start', () => {
    const functab = new DataView(whole.buffer).getUint32(64, true);
    const beyond = new Pclntab(elfWithTable(patched(functab + 4, 0, 0, 0xff, 0xff)));
    expect(beyond.functionAt(fileAddr(0))).toBeUndefined();
    expect(beyond.functionAt(fileAddr(0x20))?.name).toBe('main.outer');
    expect(beyond.nameAt(-5)).toBe('');
    expect(beyond.nameAt(1 << 30)).toBe('');
  });

  it('does not make up an inline tree that is cut off', () => {
    const made = makePclntab(picture('go1.20'));
    const table = new Pclntab(elfWithTable(made.table));
    const image = bufferSource(made.gofunc.subarray(0, 20), 'gofunc', GOFUNC);
    expect(framesAt(table, image, GOFUNC, fileAddr(0x65))).toHaveLength(1);
  });

  it('answers with nothing but its own errors, whatever its bytes', () => {
    const random = randomly(7);
    for (let round = 0; round < 1000; round++) {
      const bytes = whole.slice(0, random(10) === 0 ? random(whole.length) : whole.length);
      for (let i = 0; i < 3; i++) bytes[8 + random(bytes.length)] = random(256);
      try {
        const table = new Pclntab(elfWithTable(bytes));
        const image = bufferSource(new Uint8Array(64), 'gofunc', GOFUNC);
        for (let pc = 0; pc < 0xb0; pc += 0x11) framesAt(table, image, GOFUNC, fileAddr(pc));
        table.functionNamed('main.outer');
      } catch (error) {
        if (!isMapauditError(error)) throw error;
      }
    }
  });
});

describe('locatePclntab', () => {
  it('finds it by its section, and by its header where it has none', () => {
    const { table } = makePclntab(picture('go1.18'));
    for (const name of ['.gopclntab', '.data.rel.ro.gopclntab', '.data.rel.ro', '.rodata']) {
      const elf = elfWithTable(table, name);
      expect(locatePclntab(elf), name).toMatchObject({ address: elf.section(name)?.address });
    }
    const behind = new Uint8Array(table.length + 48);
    behind.set(table, 48);
    const elf = elfWithTable(behind, '.data.rel.ro');
    expect(locatePclntab(elf).address).toBe((elf.section('.data.rel.ro')?.address ?? 0) + 48);
  });

  it('says so when there is none', () => {
    expect(() => locatePclntab(elfWithTable(new Uint8Array(400), '.data.rel.ro'))).toThrow(
      'table of functions was not found',
    );
  });
});
