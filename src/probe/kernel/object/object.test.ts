import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isMapauditError } from '../../../base/errors.ts';
import { parseElfObject } from './elf_object.ts';
import { mapDefinitions } from './map_definitions.ts';
import { relocate } from './relocate.ts';

const bytes = new Uint8Array(readFileSync(new URL('../../../../bpf/mapaudit.bpf.o', import.meta.url)));
const object = parseElfObject(bytes);
const LD_IMM64 = 0x18;

/** Opcode, pseudo source register, and both immediates of each load of a map. */
function mapLoads(code: Uint8Array): { source: number; fd: number; inside: number }[] {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const found = [];
  for (let at = 0; at < code.length; at += 8) {
    if (code[at] !== LD_IMM64) continue;
    const source = (code[at + 1] ?? 0) >> 4;
    if (source !== 0)
      found.push({ source, fd: view.getInt32(at + 4, true), inside: view.getInt32(at + 12, true) });
    at += 8;
  }
  return found;
}

describe('the eBPF object', () => {
  it('has the programs, the data and the licence that the loader asks for', () => {
    for (const name of ['uprobe/entry', 'uprobe/exit', 'uprobe/empty'])
      expect(object.section(name).bytes.length % 8).toBe(0);
    expect(Buffer.from(object.section('license').bytes).toString()).toBe('GPL\0');
    const readOnly = object.section('.rodata');
    const names = object.symbols.filter((s) => s.section === readOnly.index).map((s) => s.name);
    expect(names).toEqual(expect.arrayContaining(['config', 'sites']));
  });

  it('declares its maps', () => {
    const maps = new Map(mapDefinitions(object).map((map) => [map.name, map]));
    expect(maps.get('rings')).toMatchObject({ type: 12, keySize: 4, valueSize: 4 });
    expect(maps.get('site_counts')).toMatchObject({ type: 6, keySize: 4, valueSize: 8, maxEntries: 1024 });
    expect(maps.get('key_plans')).toMatchObject({ type: 1, keySize: 16, valueSize: 24, maxEntries: 65536 });
    expect(maps.get('verdicts')).toMatchObject({ type: 1, keySize: 16, valueSize: 4 });
    expect(maps.get('control')).toMatchObject({ type: 2, keySize: 4, valueSize: 16, maxEntries: 1 });
  });

  it('is relocated: each load of a map gets its number, each address in the data stays inside', () => {
    const numbers = new Map(
      [...mapDefinitions(object).map((map) => map.name), '.rodata'].map((name, i) => [name, 100 + i]),
    );
    const size = object.section('.rodata').bytes.length;
    for (const program of ['uprobe/entry', 'uprobe/exit']) {
      const loads = mapLoads(relocate(object, program, (name) => numbers.get(name)));
      expect(loads.length).toBe(object.relocationsOf(object.section(program)).length);
      for (const { source, fd, inside } of loads) {
        const isData = fd === numbers.get('.rodata');
        expect(source).toBe(isData ? 2 : 1);
        expect(fd).toBeGreaterThanOrEqual(100);
        expect(inside).toBeLessThan(isData ? size : 1);
      }
    }
  });

  it('is left as it was by relocating', () => {
    const before = object.section('uprobe/entry').bytes.slice();
    relocate(object, 'uprobe/entry', () => 7);
    expect(object.section('uprobe/entry').bytes).toEqual(before);
  });
});

describe('a broken object', () => {
  const refused = (read: () => unknown): boolean => {
    try {
      read();
    } catch (error) {
      return isMapauditError(error, 'broken-install') && error.hint !== undefined;
    }
    return false;
  };

  it('is refused when it is something else', () => {
    expect(refused(() => parseElfObject(new Uint8Array(0)))).toBe(true);
    expect(refused(() => parseElfObject(new Uint8Array(100)))).toBe(true);
    const other = bytes.slice();
    other[18] = 62; // x86-64
    expect(refused(() => parseElfObject(other))).toBe(true);
  });

  it('is refused when it was cut off, wherever', () => {
    for (let length = 0; length < bytes.length; length += 997)
      expect(
        refused(() => mapDefinitions(parseElfObject(bytes.subarray(0, length)))),
        `${length}`,
      ).toBe(true);
  });

  it('is refused when a map or a section is missing', () => {
    expect(refused(() => object.section('uprobe/other'))).toBe(true);
    expect(refused(() => relocate(object, 'uprobe/entry', () => undefined))).toBe(true);
  });
});
