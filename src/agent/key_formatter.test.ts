import { describe, expect, it } from 'vitest';
import { FakeTypes } from '../go/types/testing.ts';
import { Bytes } from '../go/testing.ts';
import type { Addr } from '../model/addr.ts';
import type { CapturedKey, CapturedPart } from '../stream/key_capture.ts';
import { keyFormatter } from './key_formatter.ts';

const types = new FakeTypes('go1.23.12', 'classic');
const SLOTS = new Bytes().u8(8, 8).u16(144).u32(0).done();
const int = types.plain({ kind: 'int', name: 'int' });
const string = types.plain({ kind: 'string', name: 'string', size: 16 });
const label = types.plain({ kind: 'string', name: 'shop.Label', size: 16, named: true });
const eface = types.interface('interface {}', 0);
const one = types.struct('shop.One', 16, [{ name: 'S', type: string, offset: 0 }]);
const user = types.struct('shop.User', 24, [
  { name: 'Name', type: string, offset: 0 },
  { name: 'ID', type: int, offset: 16 },
]);
const boxed = types.struct('shop.Boxed', 24, [
  { name: 'N', type: int, offset: 0 },
  { name: 'V', type: eface, offset: 8 },
]);
const mapOf = (name: string, key: Addr): Addr =>
  types.map(`map[${name}]int`, { key, elem: int, rest: SLOTS });
const maps = {
  int: mapOf('int', int),
  string: mapOf('string', string),
  any: mapOf('interface {}', eface),
  one: mapOf('shop.One', one),
  user: mapOf('shop.User', user),
  boxed: mapOf('shop.Boxed', boxed),
};

const PID = 7;
const reader = types.reader();
const formatter = keyFormatter((pid) => (pid === PID ? reader : undefined));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function captured(
  form: CapturedKey['form'],
  bytes: Uint8Array,
  more: Partial<CapturedKey> = {},
): CapturedKey {
  return {
    form,
    bytes,
    length: bytes.length,
    keyType: 0,
    parts: [],
    unreadable: false,
    unreadableAt: undefined,
    unplanned: false,
    ...more,
  };
}

const part = (bytes: Uint8Array, more: Partial<CapturedPart> = {}): CapturedPart => ({
  type: 0,
  length: bytes.length,
  bytes,
  unreadable: false,
  unreadableAt: undefined,
  ...more,
});

/** The text, with what it lacks behind it. */
function shown(map: keyof typeof maps, key: CapturedKey): string {
  const { text, truncated, unreadable } = formatter.format(PID, maps[map], key) ?? {};
  return `${text ?? 'none'}${truncated === true ? ' (truncated)' : ''}${unreadable === true ? ' (unreadable)' : ''}`;
}

describe('keyFormatter', () => {
  it('writes words by the type of the key', () => {
    expect(shown('int', captured('word', new Bytes().u64(-5).done()))).toBe('-5');
  });

  it('quotes strings, and says when one is longer than what is there', () => {
    expect(shown('string', captured('string', utf8('a"b')))).toBe('"a\\"b"');
    expect(shown('string', captured('string', utf8('abc'), { length: 300 }))).toBe('"abc"… (truncated)');
  });

  it('does not end a cut string in half a character', () => {
    const half = utf8('ab用').subarray(0, 4);
    expect(shown('string', captured('string', half, { length: 300 }))).toBe('"ab"… (truncated)');
  });

  it('writes what is in an interface with its type, where the syntax does not tell', () => {
    const text = captured('string', utf8('x'), { keyType: string });
    expect(shown('any', text)).toBe('"x"');
    expect(shown('any', { ...text, keyType: label })).toBe('shop.Label("x")');
    expect(shown('any', captured('bytes', new Uint8Array(0)))).toBe('nil');
    expect(shown('any', captured('bytes', new Bytes().u64(9).done(), { keyType: int }))).toBe('9');
  });

  it('writes a struct that is passed as the one string it is', () => {
    expect(shown('one', captured('string', utf8('x')))).toBe('shop.One{S: "x"}');
    expect(shown('one', captured('string', utf8('x'), { length: 300 }))).toBe(
      'shop.One{S: "x"…} (truncated)',
    );
  });

  it('puts fetched strings where their headers are', () => {
    const raw = new Bytes().u64(0xc000, 3, 42).done();
    expect(shown('user', captured('bytes', raw, { parts: [part(utf8('abc'))] }))).toBe(
      'shop.User{Name: "abc", ID: 42}',
    );
    expect(shown('user', captured('bytes', raw, { parts: [part(utf8('ab'), { length: 3 })] }))).toBe(
      'shop.User{Name: "ab"…, ID: 42} (truncated)',
    );
  });

  it('does not take what was not fetched, or could not be read, for empty', () => {
    const raw = new Bytes().u64(0xc000, 3, 42).done();
    expect(shown('user', captured('bytes', raw))).toBe('shop.User{Name: …, ID: 42} (truncated)');
    expect(
      shown('user', captured('bytes', raw, { parts: [part(new Uint8Array(0), { unreadable: true })] })),
    ).toContain('unreadable');
  });

  it('writes interfaces inside a key', () => {
    const raw = new Bytes().u64(1, int, 0xc000).done();
    const parts = [part(new Bytes().u64(6).done(), { type: int })];
    expect(shown('boxed', captured('bytes', raw, { parts }))).toBe('shop.Boxed{N: 1, V: 6}');
    const nil = new Bytes().u64(1, 0, 0).done();
    expect(shown('boxed', captured('bytes', nil, { parts: [part(new Uint8Array(0))] }))).toBe(
      'shop.Boxed{N: 1, V: nil}',
    );
  });

  it('knows nothing of other processes, and of what is no map type', () => {
    const key = captured('word', new Bytes().u64(1).done());
    expect(formatter.format(PID + 1, maps.int, key)).toBeUndefined();
    expect(formatter.format(PID, int, key)).toBeUndefined();
    expect(formatter.format(PID, maps.any, captured('bytes', key.bytes, { keyType: 8 }))).toBeUndefined();
  });

  it('says which types are texts', () => {
    expect([string, label, int].map((type) => formatter.isText(PID, type))).toEqual([true, true, false]);
    expect(formatter.isText(PID + 1, string)).toBe(false);
  });

  it('names the type, so that equal texts of different types are not equal keys', () => {
    expect(formatter.format(PID, maps.int, captured('word', new Bytes().u64(1).done()))?.type).toBe('int');
    const any = captured('bytes', new Bytes().u64(1).done(), { keyType: int });
    expect(formatter.format(PID, maps.any, any)?.type).toBe('int');
  });
});
