import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../protocol/event.ts';
import type { Filters } from '../../protocol/options.ts';
import { EventFilter, plainKey } from './event_filter.ts';
import { keyPrefix, PrefixCounts } from './prefix_counts.ts';
import { shownEvent } from './shown_event.ts';
import { WindowCounts } from './window_counts.ts';

const frame = (name: string, inlined = false): NonNullable<TraceEvent['caller']> => ({
  function: name,
  file: `/src/${name}.go`,
  line: 7,
  inlined,
});

const EVENT: TraceEvent = {
  type: 'event',
  time: '2026-03-01T12:00:00.000000001Z',
  pid: 7,
  op: 'delete',
  function: 'runtime.mapdelete_faststr',
  map: { id: 3, address: '0xc000', type: 'map[string]*shop.Session' },
  key: { text: '"sess:\\t91af"', truncated: false },
  len: 4,
  found: true,
  goroutine: { id: 18 },
  thread: 9,
  caller: frame('evict'),
  stack: [frame('evict', true), frame('sweep'), frame('run'), frame('main')],
};

const accepts = (filters: Partial<Filters>, event: TraceEvent = EVENT): boolean =>
  new EventFilter({ ops: ['delete', 'clear'], ...filters }).accepts(event);

describe('filters on recorded events', () => {
  it.each<[Partial<Filters>, boolean]>([
    [{}, true],
    [{ ops: ['assign'] }, false],
    [{ map: 'Session' }, true],
    [{ map: '^Session' }, false],
    [{ mapId: 3 }, true],
    [{ mapId: 4 }, false],
    [{ mapAddress: 0xc000 }, true],
    [{ mapAddress: 0xc001 }, false],
    [{ goid: 18 }, true],
    [{ goid: 19 }, false],
    [{ site: 'evict.go:7$' }, true],
    [{ site: 'sweep' }, true],
    [{ site: 'run' }, false],
    [{ key: 'sess:*' }, true],
    [{ key: '"sess:*' }, false],
    [{ key: 'sess:?91af' }, true],
    [{ keyLiteral: '"sess:\\x0991af"' }, true],
    [{ keyLiteral: '"sess:91af"' }, false],
  ])('%j: %s', (filters, wanted) => {
    expect(accepts(filters)).toBe(wanted);
  });

  it('know the caller alone where no stack was recorded', () => {
    const { stack: _, ...event } = EVENT;
    expect([accepts({ site: 'evict' }, event), accepts({ site: 'sweep' }, event)]).toEqual([true, false]);
  });

  it('let operations without a key pass where that is wanted', () => {
    const { key: _, ...clear } = { ...EVENT, op: 'clear' as const };
    expect(accepts({ key: 'x' }, clear)).toBe(false);
    expect(accepts({ key: 'x', keyless: true }, clear)).toBe(true);
    expect(accepts({ keyLiteral: '7', keyless: true }, clear)).toBe(true);
  });

  it('count what may have been meant', () => {
    const filter = new EventFilter({ ops: ['delete'], keyLiteral: '7' });
    expect(filter.accepts({ ...EVENT, key: { hash: 'ab' } })).toBe(false);
    expect(filter.unnamed).toBe(1);
  });
});

describe('what is shown of an event', () => {
  it('is what a live run shows: its parts in the same order', () => {
    const shown = shownEvent(EVENT, { frames: 0, showPid: false });
    const { pid: _, stack: __, ...wanted } = EVENT;
    expect(JSON.stringify(shown)).toBe(JSON.stringify(wanted));
    expect(shownEvent(EVENT, { frames: 16, showPid: true })).toEqual(EVENT);
  });

  it.each([
    [1, 3],
    [2, 4],
    [3, 4],
  ])('has %i calls beyond the caller, %i frames with those inlined', (frames, length) => {
    expect(shownEvent(EVENT, { frames, showPid: true }).stack).toHaveLength(length);
  });
});

it('knows what keys begin with', () => {
  expect(['"sess:91af"', '"plain"', '42', 'main.P{X: 1}', '"user42"', '"ö:1"'].map(keyPrefix)).toEqual([
    '"sess:',
    '"plain"',
    '42',
    'main.P{X: 1}',
    '"user',
    '"ö:',
  ]);
  expect(plainKey('"a\\n"')).toBe('a\n');
  const counts = new PrefixCounts();
  for (const text of ['"a:1"', '"a:2"', '"b:1"']) counts.add({ ...EVENT, key: { text } });
  counts.add({ ...EVENT, key: { hash: '00' } });
  expect(counts.all.map(({ prefix, count }) => [prefix, count])).toEqual([
    ['"a:', 2],
    ['"b:', 1],
  ]);
});

it('sums windows up to counters with rates', () => {
  const process = { pid: 7, started: 0, name: 'x' };
  const zero = { found: 0, notFound: 0, removed: 0 };
  const site = { function: 'f', file: '/f.go', line: 1 };
  const loss = { ringFull: 0, sampled: 0 };
  const counts = new WindowCounts({ ops: ['delete'] }, false);
  const add = (count: number, mapAddress = '0x1'): void =>
    counts.add({
      start: 0,
      lengthMs: 1000,
      loss,
      counts: [
        { process, op: 'delete', mapType: 'A', mapAddress, site, count, ...zero },
        { process, op: 'assign', mapType: 'A', mapAddress, site, count, ...zero },
      ],
    });
  add(5);
  expect(counts.rows(1)).toEqual([
    { map_id: 1, op: 'delete', map_type: 'A', caller: 'f', file: '/f.go', line: 1, count: 5, rate: 5 },
  ]);
  add(7);
  add(1, '0x2');
  expect(counts.rows(2).map(({ map_id: id, count, rate }) => [id, count, rate])).toEqual([
    [1, 12, 3.5],
    [2, 1, 0.5],
  ]);
});
