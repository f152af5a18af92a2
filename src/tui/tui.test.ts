import { describe, expect, test } from 'vitest';
import type { Counter, Snapshot } from '../protocol/snapshot.ts';
import { NO_LOSS } from '../protocol/loss.ts';
import { widthOfLine } from './line.ts';
import { keysOf, press } from './press.ts';
import { lastFrame, topFrame, type ScreenState } from './top_frame.ts';
import { topRows } from './top_rows.ts';
import { INITIAL_UI, type UiState } from './ui_state.ts';

const long =
  'example.com/very/long/path/to/a/package.(*Service[go.shape.string]).deleteEverythingThatIsNoLongerNeeded';
const counters: readonly Counter[] = [
  { op: 'delete', map_id: 3, map_type: 'map[string]*shop.Session', caller: 'shop.(*Cache).evict', file: '/s/cache.go', line: 88, count: 310, rate: 31 },
  { op: 'assign', map_id: 3, map_type: 'map[string]*shop.Session', caller: 'shop.(*Cache).Get', file: '/s/cache.go', line: 31, count: 2000, rate: 20 },
  { op: 'assign', map_id: 4, map_type: 'map[string]*shop.Session', caller: 'shop.(*Cache).Get', file: '/s/cache.go', line: 31, count: 5, rate: 0.5 },
  { op: 'access', map_id: 9, map_type: 'map[string]map[index.DocumentID]*index.PostingListWithPositions', caller: long, count: 7, rate: 400 },
]; // prettier-ignore
const snapshot: Snapshot = {
  type: 'snapshot',
  time: '2026-03-01T12:01:33Z',
  elapsed_ms: 10_000,
  interval_ms: 1000,
  targets: [
    {
      type: 'attached',
      pid: 4242,
      name: 'shop',
      go_version: 'go1.26.8',
      flavour: 'swiss',
      probes: 5,
      attach_ms: 41,
    },
  ],
  counters,
  events: 2322,
  lost: 0,
  loss: NO_LOSS,
};
const state: ScreenState = {
  snapshot,
  notice: undefined,
  ui: INITIAL_UI,
  ops: ['delete', 'assign', 'access'],
};
const ui = (change: Partial<UiState>): UiState => ({ ...INITIAL_UI, ...change });
const subjects = (change: Partial<UiState>): string[] =>
  topRows(snapshot, ui(change)).map((one) => one.subject);
const textOf = (change: Partial<ScreenState>, width = 140): string =>
  topFrame({ ...state, ...change }, { width, height: 23 })
    .map((line) => line.map((part) => part.text).join(''))
    .join('\n');

describe('rows', () => {
  test('by site: operations of one place are summed over maps', () => {
    const get = topRows(snapshot, INITIAL_UI).find((one) => one.subject === 'shop.(*Cache).Get cache.go:31');
    expect(get).toMatchObject({ rate: 20.5, count: 2005, detail: 'map[string]*shop.Session' });
  });

  test('by map: lives are apart; by type: together', () => {
    expect(subjects({ view: 'map' })).toContain('map[string]*shop.Session #4');
    const [type] = topRows(snapshot, ui({ view: 'type', filter: 'session' }));
    expect(type).toMatchObject({
      subject: 'map[string]*shop.Session',
      count: 2315,
      detail: 'shop.(*Cache).Get cache.go:31 +1 site',
    });
    expect(type?.rates.get('delete')).toBe(31);
  });

  test('the same map number of two processes is two maps', () => {
    const two = {
      ...snapshot,
      targets: [...snapshot.targets, ...snapshot.targets],
      counters: [1, 2].map((pid) => ({ ...counters[0]!, pid })),
    };
    for (const view of ['map', 'site', 'type'] as const)
      expect(
        topRows(two, ui({ view })).map((one) => [
          one.subject === topRows(two, ui({ view }))[0]?.subject,
          one.pid,
        ]),
      ).toEqual([
        [true, 1],
        [true, 2],
      ]);
    const lines = textOf({ snapshot: two })
      .split('\n')
      .map((line) => line.trim());
    expect(lines.some((line) => line.startsWith('PID'))).toBe(true);
    expect(lines.filter((line) => /^[12] {2,}/.test(line))).toHaveLength(2);
    expect(textOf({}).includes('PID')).toBe(false);
  });

  test('sorted by rate, count, name', () => {
    expect(subjects({ view: 'map', sort: 'rate' })[0]).toContain('#9');
    expect(subjects({ view: 'map', sort: 'count' })[0]).toContain('#3');
    const names = subjects({ view: 'map', sort: 'name' });
    expect(names).toEqual([...names].sort());
  });

  test('filter looks at both names, whatever their case; hidden operations are gone', () => {
    expect(subjects({ filter: 'EVICT' })).toEqual(['shop.(*Cache).evict cache.go:88']);
    expect(subjects({ hidden: new Set(['access', 'assign'] as const) })).toEqual([
      'shop.(*Cache).evict cache.go:88',
    ]);
  });

  test('keys only when there are some', () => {
    expect(subjects({ view: 'key' })).toEqual([]);
    expect(textOf({ ui: ui({ view: 'key' }) })).toContain('Sampling keys');
    const key_prefixes = [{ prefix: '"se\x1bss:', op: 'delete', count: 3, rate: 1 } as const];
    expect(topRows({ ...snapshot, key_prefixes }, ui({ view: 'key' }))[0]?.subject).toBe('"se\\x1bss:');
  });
});

describe('keys', () => {
  const after = (keys: string, from = INITIAL_UI): UiState => keysOf(keys).reduce(press, from);

  test('views, sorting, pause, help', () => {
    expect(after('3').view).toBe('type');
    expect(after('\t').view).toBe('map');
    expect(press(INITIAL_UI, { text: '', name: 'back-tab' }).view).toBe('key');
    expect(after('c').sort).toBe('count');
    expect(after(' ').paused).toBe(true);
    expect(after(' p').paused).toBe(false);
    expect(after('?').help).toBe(true);
    expect(after('?x').help).toBe(false);
  });

  test('while the filter is typed, letters are letters', () => {
    expect(after('/qc1')).toMatchObject({ filter: 'qc1', typing: true, view: 'site', leaving: 'no' });
    expect(after('/ab\x7f\r')).toMatchObject({ filter: 'a', typing: false });
    expect(after('/ab\x1b')).toMatchObject({ filter: '', typing: false });
  });

  test('operations are hidden and shown', () => {
    expect([...after('da').hidden]).toEqual(['delete', 'assign']);
    expect([...after('dad').hidden]).toEqual(['assign']);
  });

  test('q and Ctrl-C leave, twice at once; Ctrl-C also while typing', () => {
    expect(after('q').leaving).toBe('quit');
    expect(after('qq').leaving).toBe('kill');
    expect(after('/a\x03').leaving).toBe('quit');
  });

  test('scrolling never goes above the first row', () => {
    expect(after('jjk').scroll).toBe(1);
    expect(after('kk').scroll).toBe(0);
  });
});

describe('frame', () => {
  test.each([20, 40, 80, 100, 140, 250])(
    'at %d columns no line is wider, and their number is the height',
    (width) => {
      for (const height of [6, 15, 23]) {
        for (const change of [
          {},
          { help: true },
          { view: 'map' },
          { filter: 'no such', typing: true },
        ] as Partial<UiState>[]) {
          const lines = topFrame({ ...state, ui: ui(change) }, { width, height });
          expect(lines).toHaveLength(height);
          for (const line of lines) expect(widthOfLine(line)).toBeLessThanOrEqual(width);
        }
      }
    },
  );

  test('wide: a column for each operation; narrow: the busiest one by name', () => {
    expect(textOf({})).toMatch(/PER SEC +COUNT +DELETE +ASSIGN +ACCESS +SITE/);
    expect(textOf({}, 80)).toMatch(/PER SEC +COUNT +OP +SITE/);
    expect(textOf({ ui: ui({ view: 'map' }) }, 80)).toMatch(/51\.0 +2,310 +delete\+/);
  });

  test('says what is going on', () => {
    expect(textOf({ snapshot: undefined })).toContain('Attaching');
    expect(textOf({ ui: ui({ paused: true }) })).toContain('PAUSED');
    expect(textOf({ ui: ui({ filter: 'zzz' }) })).toContain('Nothing matches "zzz"');
    expect(textOf({ snapshot: { ...snapshot, ended: 'target-exited' } })).toContain('The program has ended.');
    expect(textOf({ snapshot: { ...snapshot, lost: 12 } })).toContain('12 lost');
    const notice = { type: 'notice', level: 'warning', code: 'x', message: 'ring \x1b full' } as const;
    expect(textOf({ notice })).toContain('ring \\x1b full');
  });

  test('scrolled past the end, the last rows stay', () => {
    expect(textOf({ ui: ui({ scroll: 1000 }) })).toContain('evict');
  });

  test('the last frame has no empty lines at its end, and none at all when nothing was seen', () => {
    expect(lastFrame(state, { width: 80, height: 23 })).toHaveLength(3 + 1 + 1 + 3);
    expect(lastFrame({ ...state, snapshot: undefined }, { width: 80, height: 23 })).toEqual([]);
  });
});
