import { describe, expect, test } from 'vitest';
import { widthOf } from '../../protocol/text/width.ts';
import { entryLine, heats, inspectSummary, slotLines } from '../../../test/cli/samples.ts';
import { classicMap, keyPaths, swissMap } from '../../../test/cli/map_samples.ts';
import { styleOf } from '../output/style.ts';
import { EntryText } from './entry_text.ts';
import { heatLegend, heatText } from './heat_text.ts';
import { inspectAdvice, inspectSummaryText, mapText } from './inspect_text.ts';
import { keyPathText } from './key_path_text.ts';
import { slotsText } from './slots_text.ts';

const plain = styleOf(false);
const entries = [0, 1, 2, 3, 4, 5].map(entryLine);

/** All that inspect can print, for a terminal of that width. */
const everything = (width: number): readonly string[] => [
  ...mapText(swissMap, plain, width),
  ...mapText(classicMap, plain, width),
  ...new EntryText(plain, () => width).lines(entries),
  ...slotLines.flatMap((unit) => slotsText(unit, plain, width)),
  ...heats.flatMap((heat) => heatText(heat, plain, width)),
  ...heatLegend(heats, plain, width),
  ...keyPaths.flatMap((path) => keyPathText(path, plain, width)),
  ...inspectSummaryText(
    inspectSummary(3, { consistent: false, unstable: 2, timed_out: true, left: 9 }),
    width,
  ),
];

test.each([60, 80, 132])('fits into %i columns', (width) => {
  for (const line of everything(width)) expect(widthOf(line), line).toBeLessThanOrEqual(width);
});

test('nothing of the program steers the terminal', () => {
  expect(everything(80).join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u202e]/);
});

test('the head of a Swiss map', () => {
  expect(mapText(swissMap, plain, 80)).toEqual([
    'main.cache.sessions',
    '  type       map[string]*shop.Session',
    '  address    0xc000123450, reached from a variable of goroutine 7',
    '  entries    1,204 in 2,048 slots (59 %)',
    '  layout     swiss: 256 groups in 2 tables, directory of 2',
    '  slots      1,204 full, 803 empty, 41 tombstones',
    '  memory     49.3 kB without what keys and values refer to (groups 49.2 kB,',
    '             tables 64 B, directory 16 B)',
    '  fresh      a new map of as many entries would take 32.8 kB, grown by inserts',
    '             49.3 kB: 16.4 kB are wasted (33 %)',
    '  held       96.3 kB in 2,408 objects: by keys 19.3 kB, by values 77.1 kB, and',
    '             more that was not followed',
    '  spread     1,204 keys over 256 groups: far from even (χ² 4032 at 254 degrees,',
    '             p 1.2e-9), the keys collide; entropy 7.81 bits, a good hash gives',
    '             7.82',
    '  searches   91.4 % of the keys are found in the first group that is looked at,',
    '             all within 3 groups',
    '  collisions 22 pairs of keys in one group with the same H2, 20.4 are expected;',
    '             2 keys share their whole hash with another',
    '  state      not growing',
    '  read       consistent: read twice with the same outcome, so it is the map at',
    '             one moment; what pointers lead to is read by itself',
  ]);
});

test('the head of a classic map that grows and is written to', () => {
  expect(mapText(classicMap, plain, 100)).toEqual([
    'map[main.Large]main.Huge',
    '  type       map[main.Large]main.Huge',
    '  address    0xc000123450',
    '  entries    1,204 in 2,048 slots without overflow buckets (59 %)',
    '  layout     classic: 256 buckets, 12 overflow, longest chain 2, keys and elements outside of the',
    '             slots',
    '  slots      1,203 full, 845 empty',
    '  memory     49.3 kB without what keys and values refer to (buckets 24.6 kB, old buckets 24.6 kB,',
    '             overflow buckets 88 B, keys and values outside of their slots 1.5 MB)',
    '  fresh      a new map of as many entries would take 49.3 kB: nothing is wasted',
    '  state      packing its overflow chains: 31 of 256 old buckets evacuated (12 %), in the middle of a',
    '             write all the time',
    '  read       not of one moment: it was being written to at every look; 1 part is not counted',
  ]);
});

describe('entries', () => {
  test('stand in columns; what is long is cut in the middle, and never the slot', () => {
    const [heading = '', ...lines] = new EntryText(plain, () => 80).lines(entries);
    expect(heading).toMatch(/^KEY +→ VALUE +SLOT$/);
    for (const line of lines) expect(line).toMatch(/ {2}(?:t0 g3|old b17\+2):\d$/);
    expect(lines[1]).toContain('…');
  });

  test('have their heading once', () => {
    const text = new EntryText(plain, () => 80);
    expect(text.lines(entries).length).toBe(7);
    expect(text.lines(entries).length).toBe(6);
    expect(text.lines([])).toEqual([]);
  });

  test('are whole in a file', () => {
    const lines = new EntryText(plain, () => undefined).lines(entries);
    expect(lines[2]).toContain('long '.repeat(60));
    expect(lines[3]).toContain('&shop.Session{Name: …} (unreadable)');
  });
});

test('slots: full ones by themselves, the others together', () => {
  expect(slotsText(slotLines[0]!, plain, 80)).toEqual([
    'table 0 group 3  0xc000200000  control 3f fe 11 80 80 80 80 80',
    '  0    H2 0x3f  "a" → 1',
    '  1    tombstone: deleted, searches go on behind it',
    '  2    H2 0x11  shown where the key was seen last',
    '  3-7  empty',
  ]);
  const [title, full, ...rest] = slotsText(slotLines[1]!, plain, 80);
  expect(title).toBe('old bucket 17 overflow 2  0xc000300000  tophash 9f 01 02 00 00 00 00 00');
  expect(full).toMatch(/^ {2}0 {4}tophash 0x9f {2}"\\x1b\[1m" → "x+…x+"$/);
  expect(rest).toEqual(['  1    empty', '  2    evacuated', '  3-7  empty, and so is all behind it']);
});

describe('the picture', () => {
  const [buckets, old] = heats;

  test('has a row for every 64 cells in 80 columns, with marks below', () => {
    const lines = heatText(buckets!, plain, 80);
    expect(lines[0]).toBe('200 buckets · one bucket each');
    expect(lines[1]).toBe(`    0  ${'·▁▂▃▄▅▆▇██'.repeat(7).slice(0, 64)}`);
    expect(lines[2]).toBe(`       ${`${' '.repeat(9)}1`.repeat(6)}`);
    expect(lines[3]?.[7 + 6]).toBe('?');
    expect(lines[6]).toContain('+');
  });

  test('takes several together when there are many', () => {
    const lines = heatText(old!, plain, 80);
    expect(lines[0]).toBe('2,000 old buckets · 2 old buckets each, their mean');
    expect(lines[1]).toBe(`      0  ${'-'.repeat(64)}`);
    expect(lines.at(-2)).toMatch(/▄$/);
  });

  test('explains the signs that it has', () => {
    expect(heatLegend([old!], plain, 80).join(' ')).toBe(
      '· empty · ▁ … █ 1 to 8 entries · below: 1 to 8 tombstones · - evacuated',
    );
    expect(heatLegend([buckets!], plain, 80).join(' ')).toContain('overflow buckets in the longest chain');
  });
});

describe('the summary', () => {
  const text = (more: object): string => inspectSummaryText(inspectSummary(3, more), 80).join(' ');

  test('says what the answer is worth', () => {
    expect(text({})).toBe('3 entries');
    expect(text({ left: 9, unreadable: 1 })).toBe(
      '3 entries · 9 more in the map · 1 with parts that could not be read',
    );
    expect(text({ consistent: false })).toContain('all the time is shown');
    const gaps = text({ consistent: false, unstable: 2, timed_out: true });
    expect(gaps).not.toContain('all the time is shown');
    expect(gaps).toContain('2 buckets or groups changed at every look: what is in them is not known.');
    expect(gaps).toContain('--timeout');
  });

  test('has advice when the limit cut it', () => {
    expect(inspectAdvice({ ...inspectSummary(3, { left: 9 }), ended: 'count' })).toContain('--limit all');
    expect(inspectAdvice(inspectSummary(3))).toBeUndefined();
  });
});

test('the way to a key through the chain of an old bucket', () => {
  const [path] = keyPaths;
  const value = `"${'x'.repeat(200)}"`;
  expect(path === undefined ? [] : keyPathText(path, plain, undefined)).toEqual([
    'the way to "sess:\\x1b[1m"',
    '  hash       0x9f00000000000011',
    '  begins     in old bucket 17 of 256, since the map grows and it is not evacuated; later in bucket',
    '             17 of 512',
    '  looks for  tophash 0x9f, the upper 8 bits of the hash',
    '',
    '  1. old bucket 17  0xc000300000  tophash 9f 01 9f',
    '     slot 0: tophash 0x9f matches, its key is another one',
    '     slot 2: tophash 0x9f matches, its key cannot be read',
    '     not here: on to the next overflow bucket',
    '',
    '  2. old bucket 17 overflow 2  0xc000300000  tophash 9f',
    '     slot 0: tophash 0x9f matches, its key is equal',
    '     found',
    '',
    '  ends       found at old b17+2:0, after 2 buckets and 3 compared keys',
    `  value      ${value}`,
    '  read       consistent: read twice with the same outcome; the hash of 3 keys on the way is what',
    '             their slots say',
  ]);
});

test('the way to a key that is not there', () => {
  const [, absent, nan] = keyPaths;
  expect(absent === undefined ? [] : keyPathText(absent, plain, 80).slice(-3)).toEqual([
    '  ends       not there, after 1 group and 0 compared keys',
    '  read       not of one moment: what lies on the way changed at every look; no',
    '             key on the way to check the hash with',
  ]);
  expect(nan === undefined ? [] : keyPathText(nan, plain, 80)).toEqual([
    'the way to NaN',
    '  hash       not known',
    '  ends       not there: a NaN is equal to nothing, not even itself',
    '  read       consistent: read twice with the same outcome',
  ]);
});
