import { describe, expect, it } from 'vitest';
import { FLAG_KEY_UNPLANNED, FLAG_KEY_UNREADABLE, PART_UNREADABLE } from '../model/record.ts';
import { BatchBuilder } from './batch_builder.ts';
import type { CapturedKey } from './key_capture.ts';
import {
  cutText,
  type FormattedKey,
  type KeyFormatter,
  type KeyMode,
  type KeyText,
  KeyTexts,
} from './key_text.ts';
import { bytesOf, chunkOf, type FakeKey } from './testing.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Writes strings in quotes, words as numbers and parts in braces. */
const formatter: KeyFormatter = {
  isText: (_, type) => type === 7,
  format(_pid, _type, key: CapturedKey): FormattedKey {
    if (key.form === 'string') {
      return {
        type: 'string',
        text: `"${text(key.bytes)}"`,
        truncated: key.bytes.length < key.length,
        unreadable: false,
      };
    }
    if (key.form === 'word')
      return { type: 'int', text: `${key.bytes[0]}`, truncated: false, unreadable: false };
    const parts = key.parts.filter((part) => part !== undefined);
    return {
      type: 'T',
      text: key.unplanned ? undefined : `T{${parts.map((part) => text(part.bytes)).join()}}`,
      truncated: parts.some((part) => part.bytes.length < part.length),
      unreadable: parts.some((part) => part.unreadable),
    };
  },
};

function show(
  key: FakeKey | undefined,
  mode: KeyMode = { type: 'full' },
  flags = 0,
  by = formatter,
): KeyText | undefined {
  const builder = new BatchBuilder({ keyArea: true, keepKeys: true, keepFrames: false });
  builder.add(chunkOf([{ time: 1, flags, ...(key === undefined ? {} : { key }) }]));
  const readImage = (_: number, address: number, length: number): Uint8Array | undefined =>
    address === 0x40_0000
      ? bytesOf('image').subarray(0, length)
      : address === 0x50_0000
        ? new Uint8Array(length).fill(0x78)
        : undefined;
  return new KeyTexts({ mode, formatter: by, salt: bytesOf('salt'), readImage }).of(builder.takeAll(), 0);
}

const sess: FakeKey = { form: 'string', text: 'sess:91af' };
const part = (content: string, type = 0) => ({ bytes: bytesOf(content), type });
const pair: FakeKey = { form: 'bytes', raw: new Uint8Array(32), parts: [part('london'), part('paris', 9)] };

describe('KeyTexts', () => {
  it('shows whole keys', () => {
    expect(show(sess)).toEqual({ text: '"sess:91af"', truncated: false, unreadable: false });
    expect(show({ form: 'word', value: 42 })?.text).toBe('42');
    expect(show(pair)?.text).toBe('T{london,paris}');
    expect(show({ ...sess, length: 1000 })?.truncated).toBe(true);
    expect(show(undefined)).toBeUndefined();
  });

  it('shows nothing when asked so', () => {
    expect(show(sess, { type: 'none' })).toBeUndefined();
  });

  it('cuts texts, and texts inside', () => {
    const mode: KeyMode = { type: 'prefix', length: 5 };
    expect(show(sess, mode)).toEqual({ text: '"sess:"', truncated: true, unreadable: false });
    expect(show(pair, mode)?.text).toBe('T{londo,paris}');
    expect(show({ ...pair, parts: [part('london', 7), part('berlin', 9)] }, mode)?.text).toBe(
      'T{londo,berlin}',
    );
    expect(show({ form: 'word', value: 42 }, mode)).toEqual({
      text: '42',
      truncated: false,
      unreadable: false,
    });
  });

  it('hashes: equal keys alike, others apart, with truth about truncation', () => {
    const mode: KeyMode = { type: 'hash' };
    const hash = (key: FakeKey): string | undefined => show(key, mode)?.hash;
    expect(hash(sess)).toMatch(/^[0-9a-f]{16}$/);
    expect(hash(sess)).toBe(hash({ ...sess }));
    expect(
      new Set(
        [sess, pair, { form: 'word', value: 1 }, { ...sess, length: 99 }].map((key) => hash(key as FakeKey)),
      ).size,
    ).toBe(4);
    expect(show({ ...sess, length: 99 }, mode)).toMatchObject({ truncated: true });
    expect(show(sess, mode)?.text).toBeUndefined();
  });

  it('hashes a key alike however it was passed and wherever its text lay', () => {
    const hash = (key: FakeKey, flags = 0): string | undefined => show(key, { type: 'hash' }, flags)?.hash;
    const long = 'x'.repeat(100);
    const address = new Uint8Array(new BigUint64Array([0x50_0000n]).buffer);
    const raw = new Uint8Array(16);
    const atHit = { bytes: bytesOf(long.slice(0, 64)), length: 100 };
    const inImage = { bytes: address, length: 100, state: PART_UNREADABLE };
    expect(hash({ form: 'bytes', raw, parts: [atHit] })).toBeDefined();
    expect(hash({ form: 'bytes', raw, parts: [inImage] }, FLAG_KEY_UNREADABLE)).toBe(
      hash({ form: 'bytes', raw, parts: [atHit] }),
    );
    expect(hash({ form: 'bytes', raw, parts: [{ ...atHit, length: 101 }] })).not.toBe(
      hash({ form: 'bytes', raw, parts: [atHit] }),
    );
  });

  it('gives no hash to a key of which more is fetched the next time', () => {
    const key: FakeKey = { form: 'bytes', raw: new Uint8Array(32), parts: [] };
    const cut: KeyFormatter = {
      ...formatter,
      format: () => ({ type: 'T', text: 'T{…}', truncated: true, unreadable: false }),
    };
    expect(show(key, { type: 'hash' }, FLAG_KEY_UNPLANNED, cut)).toEqual({
      truncated: false,
      unreadable: true,
    });
    expect(show(key, { type: 'hash' }, 0, cut)).toMatchObject({ truncated: true });
  });

  it('says when a key could not be read, unless it lies in the image', () => {
    const lost = { truncated: false, unreadable: true };
    expect(
      show({ form: 'string', address: 0xc000, length: 5 }, { type: 'full' }, FLAG_KEY_UNREADABLE),
    ).toEqual(lost);
    expect(
      show({ form: 'bytes', address: 0x40_0000, length: 5 }, { type: 'full' }, FLAG_KEY_UNREADABLE),
    ).toEqual(lost);
    const image: FakeKey = { form: 'string', address: 0x40_0000, length: 5 };
    expect(show(image, { type: 'full' }, FLAG_KEY_UNREADABLE)?.text).toBe('"image"');
    const address = new Uint8Array(new BigUint64Array([0x40_0000n]).buffer);
    const inside: FakeKey = {
      form: 'bytes',
      raw: new Uint8Array(16),
      parts: [{ bytes: address, length: 5, state: PART_UNREADABLE }],
    };
    expect(show(inside, { type: 'full' }, FLAG_KEY_UNREADABLE)?.text).toBe('T{image}');
  });

  it('shows no text for what was not fetched', () => {
    expect(show(pair, { type: 'full' }, 8)).toEqual({ truncated: false, unreadable: true });
  });

  it('cuts between characters', () => {
    expect(text(cutText(bytesOf('aé'), 2))).toBe('a');
    expect(text(cutText(bytesOf('a😀b'), 4))).toBe('a');
    expect(text(cutText(bytesOf('a😀b'), 5))).toBe('a😀');
    expect(cutText(new Uint8Array(9).fill(0x80), 5).length).toBe(5);
  });
});
