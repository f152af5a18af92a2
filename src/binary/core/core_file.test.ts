import { describe, expect, it } from 'vitest';
import { isMapauditError, MapauditError } from '../../base/errors.ts';
import { bufferSource } from '../../model/byte_source.ts';
import { makeElf } from '../elf/testing.ts';
import { buildIdsAt, sameBuild } from './build_ids.ts';
import { type CoreFile, parseCore } from './core_file.ts';
import { coreMemory } from './core_memory.ts';
import { exeMappingsOf, exePathOf } from './exe_of.ts';
import { joined, makeCore, makeNotes, text, words } from './testing.ts';

const FILES = joined(
  words(3, 4096, 0x400000, 0x401000, 0, 0x401000, 0x500000, 1, 0x7f0000, 0x7f1000, 0),
  text('/srv/shop (deleted)\0/srv/shop (deleted)\0/lib/libc.so\0'),
);
const THREAD = new Uint8Array(336);
new DataView(THREAD.buffer).setInt32(32, 4243, true);
new DataView(THREAD.buffer).setInt16(12, 6, true);
new DataView(THREAD.buffer).setBigUint64(112 + 128, 0x401234n, true);
new DataView(THREAD.buffer).setBigUint64(112 + 152, 0xc000100000n, true);
const PROCESS = new Uint8Array(136);
new DataView(PROCESS.buffer).setInt32(24, 4242, true);
PROCESS.set(text('shop'), 40);

const NOTES = [
  { type: 3, content: PROCESS },
  { type: 1, content: THREAD },
  { type: 1, content: THREAD },
  { owner: 'LINUX', type: 1, content: text('no thread') },
  { type: 6, content: words(9, 0x401500, 31, 0x9000, 0, 0) },
  { type: 0x46494c45, content: FILES },
];

const core = (...args: Parameters<typeof makeCore>): CoreFile => parseCore(bufferSource(makeCore(...args)));
const read = (from: CoreFile, at: number, n: number): string | undefined =>
  asText(coreMemory(from).read(at, n));
const asText = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : String.fromCharCode(...bytes);

/** Code, and the offset that the error names. */
function failure(bytes: Uint8Array): readonly unknown[] {
  try {
    parseCore(bufferSource(bytes));
  } catch (error) {
    if (isMapauditError(error)) return [error.code, error.fields['offset'], error.message];
    throw error;
  }
  return ['none'];
}

describe('a core file', () => {
  it('tells process, threads, files and where the program began', () => {
    const { process, threads, mappings, auxv } = core({ notes: NOTES });
    expect(process).toEqual({ pid: 4242, command: 'shop' });
    expect(threads).toEqual(new Array(2).fill({ tid: 4243, signal: 6, pc: 0x401234, sp: 0xc000100000 }));
    expect(mappings.map(({ path, fileOffset }) => [path, fileOffset])).toEqual([
      ['/srv/shop (deleted)', 0],
      ['/srv/shop (deleted)', 4096],
      ['/lib/libc.so', 0],
    ]);
    expect(auxv.get(9)).toBe(0x401500);
  });

  it('names its program: the file in which it began to run, else what it was started as', () => {
    expect(exePathOf(core({ notes: NOTES }))).toBe('/srv/shop');
    expect(exeMappingsOf(core({ notes: NOTES })).length).toBe(2);
    const bare = { notes: NOTES.slice(0, 5), loads: [{ start: 0x9000, content: './shop\0', size: 4096 }] };
    expect(exePathOf(core(bare))).toBe('./shop');
    expect(exePathOf(core({}))).toBeUndefined();
  });

  it('has as many segments as the first section header says, when they are too many for the header', () => {
    const loads = [{ start: 0x1000, content: 'abcd' }];
    expect(core({ loads, byExtension: true }).segments.length).toBe(1);
  });

  it('leaves out what is not of user space', () => {
    const loads = [
      { start: 0xffffffffff600000n, content: 'vsys' },
      { start: 0x1000, content: 'abcd' },
    ];
    expect(core({ loads }).segments.map(({ start }) => start)).toEqual([0x1000]);
  });
});

describe('memory of a core', () => {
  const loads = [
    { start: 0x2000, content: 'efgh', size: 8, writable: false },
    { start: 0x1ffc, content: 'abcd' },
    { start: 0x3000, content: '', size: 16 },
  ];

  it('is read across segments, and absent where the core has none', () => {
    const one = core({ loads });
    expect(read(one, 0x1ffe, 4)).toBe('cdef');
    expect(read(one, 0x2000, 4)).toBe('efgh');
    expect(read(one, 0x2000, 5)).toBeUndefined();
    expect(read(one, 0x1ff0, 1)).toBeUndefined();
    expect(read(one, 0x3000, 1)).toBeUndefined();
    expect(read(one, 0x1ffc, 0)).toBe('');
  });

  it('takes from elsewhere what was left out, but nothing that could have been written to', () => {
    const asked: number[] = [];
    const memory = coreMemory(core({ loads }), (address, length) => {
      asked.push(address);
      return address < 0x2ffe || address > 0x2fff ? text('x'.repeat(Math.min(length, 2))) : undefined;
    });
    expect(asText(memory.read(0x2002, 6))).toBe('ghxxxx');
    expect(asText(memory.read(0x1000, 3))).toBe('xxx');
    expect(memory.read(0x3000, 1)).toBeUndefined();
    expect(memory.read(0x2ffe, 2)).toBeUndefined();
    expect(asked).not.toContain(0x3000);
  });

  it('is absent behind the end of a file that was cut off', () => {
    const bytes = makeCore({ loads: [{ start: 0x1000, content: 'abcdefgh' }] });
    const cut = parseCore(bufferSource(bytes.subarray(0, bytes.length - 3)));
    expect(read(cut, 0x1000, 5)).toBe('abcde');
    expect(read(cut, 0x1000, 6)).toBeUndefined();
    expect(read(cut, 0x1006, 1)).toBeUndefined();
    expect([cut.cutOff, parseCore(bufferSource(bytes)).cutOff]).toEqual([true, false]);
  });

  it('is there without the notes, which gcore writes last', () => {
    const bytes = makeCore({ notes: NOTES });
    const { cutOff, threads } = parseCore(bufferSource(bytes.subarray(0, bytes.length - 1)));
    expect([cutOff, threads]).toEqual([true, []]);
  });
});

describe('what is no core', () => {
  it.each([
    ['a text', text('#!/bin/sh\n'), 'core-not-core'],
    ['nothing', new Uint8Array(0), 'core-not-core'],
    ['a program', makeElf({ sections: {} }), 'core-not-core'],
    ['a packed core', text('\x28\xb5\x2f\xfd rest'), 'core-compressed'],
    ['a header cut off', text('\x7fELF\x02\x01'), 'core-corrupt'],
  ])('%s', (_, bytes, code) => {
    expect(failure(bytes)[0]).toBe(code);
  });

  it('of another machine', () => {
    const bytes = makeCore({});
    bytes[18] = 183;
    expect(failure(bytes)[0]).toBe('core-foreign-machine');
    expect(failure(bytes)[2]).toMatch(/aarch64/);
  });

  it('says where it is corrupt', () => {
    const good = makeCore({ notes: NOTES, loads: [{ start: 0x1000, content: 'abcd' }] });
    const broken = (at: number, ...bytes: number[]): readonly unknown[] => {
      const copy = good.slice();
      copy.set(bytes, at);
      return failure(copy).slice(0, 2);
    };
    const load = 64 + 56;
    expect(broken(54, 8, 0)).toEqual(['core-corrupt', 54]);
    expect(broken(56, 0xff, 0xfe)[0]).toBe('core-corrupt');
    expect(broken(load + 32, 9)).toEqual(['core-corrupt', load]);
    expect(broken(load + 40, 0, 0, 0, 0, 0, 0xff)).toEqual(['core-corrupt', load]);
    expect(broken(176 + 4, 0xff, 0xff)).toEqual(['core-corrupt', 176]);
    const note = joined(words(2, 4096, 0, 0, 0, 0, 0, 0), text('/one\0/two'));
    expect(failure(makeCore({ notes: [{ type: 0x46494c45, content: note }] }))[2]).toMatch(
      /file 1 has no path/,
    );
    const many = words(2 ** 40, 4096);
    expect(failure(makeCore({ notes: [{ type: 0x46494c45, content: many }] }))[0]).toBe('core-corrupt');
    expect(failure(makeCore({ notes: [{ type: 1, content: words(1) }] }))[0]).toBe('core-corrupt');
    expect(failure(makeCore({ notes: [{ type: 3, content: words(1) }] }))[0]).toBe('core-corrupt');
  });

  it('has two segments at one place', () => {
    const loads = [
      { start: 0x1000, content: 'abcd' },
      { start: 0x1002, content: 'abcd' },
    ];
    expect(failure(makeCore({ loads }))[0]).toBe('core-corrupt');
  });

  it('whatever stands in it, an error of ours comes or none', () => {
    const good = makeCore({ notes: NOTES, loads: [{ start: 0x1000, content: 'abcd' }] });
    let seed = 1;
    const random = (n: number): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % n;
    for (let round = 0; round < 3000; round++) {
      const copy = good.slice(0, random(4) === 0 ? random(good.length) : good.length);
      for (let i = random(6); i >= 0; i--) copy[random(copy.length)] = random(256);
      try {
        const parsed = parseCore(bufferSource(copy));
        exePathOf(parsed);
        coreMemory(parsed).read(0x1000, 4);
      } catch (error) {
        expect(error).toBeInstanceOf(MapauditError);
      }
    }
  });
});

describe('build ids', () => {
  const gnu = { owner: 'GNU', type: 3, content: Uint8Array.of(0xab, 0xcd) };
  const go = { owner: 'Go', type: 4, content: text('abc/def') };

  it('are read of a file, and of memory where the file was mapped', () => {
    const bytes = makeCore({ notes: [gnu, go] });
    expect(buildIdsAt(bufferSource(bytes))).toEqual({ gnu: 'abcd', go: 'abc/def' });
    expect(buildIdsAt(bufferSource(bytes, 'memory', 0x400000), 0x400000)).toEqual({
      gnu: 'abcd',
      go: 'abc/def',
    });
    expect(buildIdsAt(bufferSource(text('nothing')))).toEqual({ gnu: undefined, go: undefined });
    expect(makeNotes([gnu]).length).toBe(20);
  });

  it('tell only where both have the same kind', () => {
    const none = { gnu: undefined, go: undefined };
    expect(sameBuild({ gnu: 'a', go: 'x' }, { gnu: 'a', go: 'y' })).toBe(true);
    expect(sameBuild({ gnu: 'a', go: 'x' }, { gnu: 'b', go: 'x' })).toBe(false);
    expect(sameBuild({ ...none, go: 'x' }, { gnu: 'b', go: 'x' })).toBe(true);
    expect(sameBuild({ ...none, go: 'x' }, none)).toBeUndefined();
  });
});
