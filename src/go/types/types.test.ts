import { describe, expect, it } from 'vitest';
import { type Addr, addr, fileAddr } from '../../model/addr.ts';
import { bufferSource } from '../../model/byte_source.ts';
import { KEY_RAW_MAX } from '../../model/record.ts';
import type { ModuleData } from '../module_data.ts';
import { Bytes, randomly } from '../testing.ts';
import { chasesOf, keyPlanOfMap, keyPlanOfValue } from './key_plan.ts';
import { findMapTypes } from './map_types.ts';
import { FakeTypes, TYPES } from './testing.ts';
import { TypeReader } from './type_reader.ts';

const modern = (): FakeTypes => new FakeTypes('go1.26.8', 'swiss');
const STRING = { kind: 'string', name: 'string', size: 16, named: true } as const;
const INT64 = { kind: 'int64', name: 'int64', size: 8, named: true } as const;

describe('the head of a type', () => {
  it('is read with its name, kind, size and marks', () => {
    const types = modern();
    const id = types.plain({ kind: 'uint32', name: 'shop.ID', size: 4, named: true, star: true });
    expect(types.reader().head(id)).toEqual({
      address: id,
      name: 'shop.ID',
      kind: 'uint32',
      size: 4,
      named: true,
      direct: false,
    });
  });

  it('takes names of any length and of any letters', () => {
    const types = modern();
    const long = `struct { ${'Füllung int; '.repeat(300)}}`;
    const at = types.plain({ kind: 'struct', name: long });
    expect(types.reader().nameOf(at)).toBe(long);
  });

  it('calls a type named that has a name, not one that has methods', () => {
    const types = modern();
    const at = types.plain({ kind: 'pointer', name: '*shop.Session', uncommon: true });
    expect(types.reader().head(at)?.named).toBe(false);
  });

  it('takes large types too', () => {
    const types = modern();
    const at = types.plain({ kind: 'struct', name: 'shop.Page', size: 1 << 20 });
    expect(types.reader().head(at)?.size).toBe(1 << 20);
  });

  it.each(['go1.18.10', 'go1.25.8', 'go1.26.8', 'go1.27.4'])(
    'tells in %s what lies in an interface itself',
    (version) => {
      const types = new FakeTypes(version, 'swiss');
      const int = types.plain({ ...INT64 });
      const pointer = types.pointerTo('*int64', int);
      const reader = types.reader();
      expect(reader.head(pointer)).toMatchObject({ kind: 'pointer', direct: true });
      expect(reader.head(int)).toMatchObject({ kind: 'int64', direct: false });
    },
  );

  it('is undefined for what can be no type', () => {
    const types = modern();
    const at = types.plain({ ...INT64 });
    const memory = types.memory();
    const withByte = (offset: number, ...bytes: number[]): TypeReader => {
      const copy = memory.slice();
      copy.set(bytes, at - TYPES + offset);
      return new TypeReader(bufferSource(copy, 'types', TYPES), types.range, types.rules);
    };
    expect(withByte(0).head(at)).toBeDefined();
    expect(withByte(23, 0).head(at)).toBeUndefined();
    expect(withByte(23, 27).head(at)).toBeUndefined();
    expect(withByte(0, 0, 0, 0, 0, 0, 0, 1).head(at)).toBeUndefined();
    // A type that reflect has made has no name that could be found.
    expect(withByte(40, 0, 0, 0, 0).head(at)).toBeUndefined();
    expect(withByte(40, 0xff, 0xff, 0xff, 0xff).head(at)).toBeUndefined();
    expect(withByte(40, 0, 0, 0, 0x70).head(at)).toBeUndefined();
    const reader = types.reader();
    expect(reader.head(addr(TYPES - 8))).toBeUndefined();
    expect(reader.head(addr(0))).toBeUndefined();
  });
});

describe('what types are made of', () => {
  it.each(['go1.18.10', 'go1.19.13', 'go1.27.4'])('fields of a struct in %s', (version) => {
    const types = new FakeTypes(version, 'classic');
    const [string, int] = [types.plain({ ...STRING }), types.plain({ ...INT64 })];
    const at = types.struct('shop.Key', 40, [
      { name: 'Tenant', type: string, offset: 0 },
      { name: 'Base', type: int, offset: 16, embedded: true },
      { name: '_', type: int, offset: 32 },
    ]);
    const reader = types.reader();
    expect(reader.fields(at)).toEqual([
      { name: 'Tenant', type: string, offset: 0, embedded: false },
      { name: 'Base', type: int, offset: 16, embedded: true },
      { name: '_', type: int, offset: 32, embedded: false },
    ]);
    expect(reader.fields(int)).toBeUndefined();
  });

  it('a struct without fields has none; one with too many is none', () => {
    const types = modern();
    const empty = types.struct('struct {}', 0, []);
    expect(types.reader().fields(empty)).toEqual([]);
    const memory = types.memory();
    new DataView(memory.buffer).setBigUint64(empty - TYPES + 64, 1n << 40n, true);
    const reader = new TypeReader(bufferSource(memory, 'types', TYPES), types.range, types.rules);
    expect(reader.fields(empty)).toBeUndefined();
  });

  it('elements of arrays, pointers, slices and channels; methods of interfaces', () => {
    const types = modern();
    const int = types.plain({ ...INT64 });
    const array = types.array('[3]int64', int, 3, 24);
    const slice = types.pointerTo('[]int64', int, 'slice');
    const chan = types.pointerTo('chan int64', int, 'chan');
    const [any, error] = [types.interface('interface {}', 0), types.interface('error', 1)];
    const reader = types.reader();
    expect(reader.array(array)).toEqual({ elem: int, length: 3 });
    expect(reader.array(slice)).toBeUndefined();
    expect([array, slice, chan].map((type) => reader.elem(type))).toEqual([int, int, int]);
    expect([int, any].map((type) => reader.elem(type))).toEqual([undefined, undefined]);
    expect([any, error, int].map((type) => reader.hasMethods(type))).toEqual([false, true, undefined]);
  });
});

/** Descriptors of `map[string]int64`, as each kind of map describes its slots. */
const LAYOUTS = [
  {
    version: 'go1.23.12',
    flavour: 'classic',
    rest: (flags: number) =>
      new Bytes()
        .u8(16, 8)
        .u16(208)
        .u32(flags | 4),
    indirect: 3,
    layout: { kind: 'classic', keySlot: 16, elemSlot: 8, bucketSize: 208 },
  },
  {
    version: 'go1.26.8',
    flavour: 'swiss',
    rest: (flags: number) => new Bytes().u64(200, 24, 16).u32(flags | 3, 0),
    indirect: 12,
    layout: {
      kind: 'swiss',
      groupSize: 200,
      keysOffset: 8,
      keyStride: 24,
      elemsOffset: 24,
      elemStride: 24,
    },
  },
  {
    version: 'go1.27.4',
    flavour: 'swiss',
    rest: (flags: number) => new Bytes().u64(200, 8, 24, 24, 24, 16).u32(flags | 3, 0),
    indirect: 12,
    layout: {
      kind: 'swiss',
      groupSize: 200,
      keysOffset: 8,
      keyStride: 24,
      elemsOffset: 24,
      elemStride: 24,
    },
  },
  {
    version: 'go1.27.4-X:mapsplitgroup',
    flavour: 'swiss-split',
    rest: (flags: number) => new Bytes().u64(200, 8, 16, 136, 8, 0).u32(flags | 3, 0),
    indirect: 12,
    layout: {
      kind: 'swiss',
      groupSize: 200,
      keysOffset: 8,
      keyStride: 16,
      elemsOffset: 136,
      elemStride: 8,
    },
  },
] as const;

describe.each(LAYOUTS)('a map of $version', ({ version, flavour, rest, indirect, layout }) => {
  const build = (flags: number): { readonly types: FakeTypes; readonly map: Addr; readonly key: Addr } => {
    const types = new FakeTypes(version, flavour);
    const [key, elem] = [types.plain({ ...STRING }), types.plain({ ...INT64 })];
    const map = types.map('map[string]int64', { key, elem, rest: rest(flags).done() });
    return { types, map, key };
  };

  it('is read with key, element and slots', () => {
    const { types, map, key } = build(0);
    const reader = types.reader();
    const read = reader.map(map);
    expect(read).toMatchObject({ kind: 'map', name: 'map[string]int64', key, layout });
    expect(read).toMatchObject({ indirectKey: false, indirectElem: false });
    expect(reader.map(key)).toBeUndefined();
  });

  it('says what lies behind a pointer', () => {
    const { types, map } = build(indirect);
    expect(types.reader().map(map)).toMatchObject({ indirectKey: true, indirectElem: true });
  });

  it('is found among all types', () => {
    const { types, map } = build(0);
    const module = { types: fileAddr(TYPES), etypes: fileAddr(types.range.etypes) } as ModuleData;
    expect(findMapTypes(bufferSource(types.memory(), 'types', TYPES), module)).toEqual([map]);
  });

  it('is undefined where its descriptor is cut off', () => {
    const { types, map } = build(0);
    const memory = types.memory();
    const end = map - TYPES + 80 + rest(0).length;
    const cut = (length: number): TypeReader => {
      // Names lie behind the descriptors: only those of this one are kept away.
      const source = bufferSource(memory, 'types', TYPES);
      return new TypeReader(
        {
          name: 'cut',
          read: (at, n) =>
            at <= TYPES + length && at + n > TYPES + length && at < TYPES + 0x8000
              ? undefined
              : source.read(at, n),
        },
        types.range,
        types.rules,
      );
    };
    expect(cut(end + 24).map(map)?.layout).toEqual(layout);
    expect(cut(map - TYPES + 60).map(map)).toBeUndefined();
  });
});

describe('keys and how they are fetched', () => {
  const types = modern();
  const [string, int] = [types.plain({ ...STRING }), types.plain({ ...INT64 })];
  const [any, error] = [types.interface('interface {}', 0), types.interface('error', 1)];
  const rest = new Bytes().u64(200, 24, 16).u32(0, 0).done();
  const inner = types.struct('shop.Inner', 32, [
    { name: 'N', type: int, offset: 0 },
    { name: 'Name', type: string, offset: 8 },
  ]);
  const key = types.struct('shop.Key', 80, [
    { name: 'I', type: any, offset: 0 },
    { name: 'In', type: inner, offset: 16 },
    { name: 'Err', type: error, offset: 48 },
  ]);
  const names = types.array('[4]string', string, 4, 64);
  const page = types.array('[1025]uint8', int, 1025, 1025);
  const mapOf = (k: Addr): Addr => types.map('map', { key: k, elem: int, rest });
  const maps = new Map([string, int, any, error, key, page].map((k) => [k, mapOf(k)]));
  const reader = types.reader();
  const planOf = (k: Addr): unknown => keyPlanOfMap(reader, maps.get(k) ?? addr(0));

  it('strings and interfaces by what they point to', () => {
    expect(planOf(string)).toMatchObject({ kind: 'string', size: 16, chases: [] });
    expect(planOf(any)).toMatchObject({ kind: 'eface' });
    expect(planOf(error)).toMatchObject({ kind: 'iface' });
    expect(planOf(int)).toMatchObject({ kind: 'bytes', size: 8, chases: [] });
    expect(keyPlanOfValue(reader, string)).toMatchObject({ type: string, kind: 'string' });
    expect(planOf(addr(0))).toBeUndefined();
  });

  it('structs and arrays with what lies inside, in the order of the offsets', () => {
    expect(chasesOf(reader, key)).toEqual([
      { kind: 'eface', offset: 0 },
      { kind: 'string', offset: 24 },
      { kind: 'iface', offset: 48 },
    ]);
    expect(chasesOf(reader, names).map((c) => c.offset)).toEqual(
      [0, 16, 32, 48].filter((o) => o + 16 <= KEY_RAW_MAX),
    );
  });

  it('large keys too: their first bytes are better than none', () => {
    expect(planOf(page)).toMatchObject({ kind: 'bytes', size: 1025 });
  });
});

describe('hostile descriptors', () => {
  it('give undefined or a type, never an error and never an endless search', () => {
    const types = modern();
    const int = types.plain({ ...INT64 });
    const struct = types.struct('shop.S', 16, [{ name: 'A', type: int, offset: 0 }]);
    const array = types.array('[2]shop.S', struct, 2, 32);
    const rest = new Bytes().u64(200, 24, 16).u32(0, 0).done();
    const map = types.map('map[[2]shop.S]int64', { key: array, elem: int, rest });
    const whole = types.memory();
    const end = map - TYPES + 112;
    const random = randomly(3);
    for (let round = 0; round < 1000; round++) {
      const bytes = whole.slice();
      for (let i = 0; i < 4; i++) bytes[random(4) === 0 ? 0x8000 + random(64) : random(end)] = random(256);
      const source = bufferSource(bytes, 'types', TYPES);
      const reader = new TypeReader(source, types.range, types.rules);
      for (const at of [int, struct, array, map, addr(map + 1)]) {
        reader.fields(at);
        reader.array(at);
        reader.elem(at);
        keyPlanOfMap(reader, at);
        keyPlanOfValue(reader, at);
      }
      findMapTypes(source, { types: fileAddr(TYPES), etypes: fileAddr(types.range.etypes) } as ModuleData);
    }
  });

  it('that contain themselves come to an end', () => {
    const types = modern();
    const at = addr(TYPES + 8);
    expect(types.array('[3]T', at, 3, 8)).toBe(at);
    expect(chasesOf(types.reader(), at)).toEqual([]);
    const wide = modern();
    wide.array('[500]T', at, 500, 1);
    expect(chasesOf(wide.reader(), at)).toEqual([]);
  });
});
