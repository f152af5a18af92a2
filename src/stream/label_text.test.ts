import { describe, expect, it } from 'vitest';
import type { LabelsOfEvent } from '../model/map_event.ts';
import { BatchBuilder } from './batch_builder.ts';
import type { KeyMode } from './key_text.ts';
import { LabelTexts } from './label_text.ts';
import { bytesOf, chunkOf, type FakeLabels } from './testing.ts';

const IMAGE = 0x40_0000;

function show(
  labels: FakeLabels | undefined,
  mode: KeyMode = { type: 'full' },
  salt = 'salt',
): LabelsOfEvent | undefined {
  const builder = new BatchBuilder({ keyArea: true, keepKeys: true, keepFrames: false });
  builder.add(chunkOf([{ time: 1, ...(labels === undefined ? {} : { labels }) }]));
  const readImage = (_: number, address: number, length: number): Uint8Array | undefined =>
    address === IMAGE ? bytesOf('literal').subarray(0, length) : undefined;
  return new LabelTexts({ mode, salt: bytesOf(salt), readImage }).of(builder.takeAll(), 0);
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('labels', () => {
  it('are absent where a goroutine has none', () => {
    expect(show(undefined)).toBeUndefined();
    expect(show({ list: [] })).toEqual({});
  });

  it('are shown by name, with the trace that they tell', () => {
    const list = [
      ['user', 'anna'],
      ['trace_id', TRACE],
      ['empty', ''],
    ] as const;
    const shown = show({ list });
    expect(shown).toEqual({ labels: { empty: '', trace_id: TRACE, user: 'anna' }, trace_id: TRACE });
    expect(Object.keys(shown?.labels ?? {})).toEqual(['empty', 'trace_id', 'user']);
  });

  it('that are too long are cut between two characters, and marked', () => {
    expect(show({ list: [['n'.repeat(49), 'v'.repeat(64)]] })).toEqual({
      labels: { ['n'.repeat(48)]: 'v'.repeat(64) },
      labels_cut: ['n'.repeat(48)],
    });
    expect(show({ list: [['v', `${'v'.repeat(63)}ü`]] })).toEqual({
      labels: { v: 'v'.repeat(63) },
      labels_cut: ['v'],
    });
  });

  it('of which half an id was captured tell no trace', () => {
    expect(show({ list: [['traceparent', `00-${TRACE}-00f067aa0ba902b7-01-${'x'.repeat(20)}`]] })).toEqual({
      labels: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01-${'x'.repeat(8)}` },
      labels_cut: ['traceparent'],
    });
    expect(show({ list: [['trace_id', TRACE]] }, { type: 'prefix', length: 16 })).toEqual({
      labels: { trace_id: TRACE.slice(0, 16) },
      labels_cut: ['trace_id'],
    });
  });

  it('that are not shown are counted', () => {
    expect(show({ list: [['a', 'b']], total: 12 })).toEqual({ labels: { a: 'b' }, labels_missing: 11 });
    const same = 'n'.repeat(48);
    expect(
      show({
        list: [
          [`${same}1`, 'a'],
          [`${same}2`, 'b'],
        ],
      }),
    ).toEqual({
      labels: { [same]: 'a' },
      labels_cut: [same],
      labels_missing: 1,
    });
    expect(show({ list: [], unreadable: true })).toEqual({ labels_unreadable: true });
  });

  it('whose text was not in memory are read from the image, or missing', () => {
    const there = { address: IMAGE, length: 7 };
    expect(show({ list: [[there, there]] })).toEqual({ labels: { literal: 'literal' } });
    expect(
      show({
        list: [
          ['a', { address: 0x1234, length: 7 }],
          ['b', 'c'],
        ],
      }),
    ).toEqual({
      labels: { b: 'c' },
      labels_missing: 1,
    });
  });

  it('can have any name', () => {
    expect(JSON.stringify(show({ list: [['__proto__', 'x']] }))).toBe('{"labels":{"__proto__":"x"}}');
  });

  it('are not shown at all, or their values only as hash', () => {
    expect(show({ list: [['a', 'b']] }, { type: 'none' })).toBeUndefined();
    const hash = (value: string, salt?: string): string | undefined =>
      show({ list: [['trace_id', value]] }, { type: 'hash' }, salt)?.labels?.['trace_id'];
    expect(hash(TRACE)).toMatch(/^#[0-9a-f]{16}$/);
    expect(hash(TRACE)).toBe(hash(TRACE));
    expect(hash(TRACE)).not.toBe(hash(TRACE.slice(1)));
    expect(hash(TRACE)).not.toBe(hash(TRACE, 'other'));
    expect(show({ list: [['trace_id', TRACE]] }, { type: 'hash' })).not.toHaveProperty('trace_id');
  });
});
