import { describe, expect, it } from 'vitest';
import type { GrowthEvent, Growths, Migration } from '../../src/protocol/growth.ts';
import type { Summary } from '../../src/protocol/summary.ts';
import { buildGo } from '../support/go_build.ts';
import { traced } from './traced.ts';

/** What the program wrote down of a growth, and mapaudit told of it. */
interface Step {
  readonly op: string;
  readonly len: number;
  readonly from: number;
  readonly to: number;
  readonly why: string;
  readonly moved: number;
  readonly key: string;
  readonly line: number;
}

/** A clear and the end of a migration say nothing of a key: the one may have none, the other comes from any write. */
const stepOfRow = ([op = '', len, from, to, why = '', moved, key = '', line]: readonly string[]): Step => ({
  op,
  len: Number(len),
  from: Number(from),
  to: Number(to),
  why,
  moved: Number(moved),
  key: op === 'clear' || op === 'evacuate' ? '' : key,
  line: op === 'clear' ? 0 : Number(line),
});

const stepOfEvent = ({ op, len = -1, growth = {}, key, caller }: GrowthEvent): Step => ({
  op,
  len,
  from: (op === 'prune' ? growth.tombstones : growth.from) ?? 0,
  to: growth.to ?? 0,
  why: growth.trigger ?? '',
  moved: growth.moved ?? 0,
  key: key?.text ?? '',
  line: op === 'clear' ? 0 : (caller?.line ?? -1),
});

const INSERTS = ['main.insert', 'main.insertText', 'main.insertSmall', 'main.insertPoint'];

describe.each([
  ['1.18.10', ''],
  ['1.21.13', ''],
  ['1.23.12', ''],
  ['1.24.13', 'noswissmap'],
  ['1.24.13', ''],
  ['1.26.8', ''],
  ['1.27.4', ''],
])('growth, Go %s %s', (version, experiment) => {
  it('is what the program saw in its headers', async () => {
    const { ledger, lines } = await traced({
      program: buildGo('grown', version, 'default', experiment),
      args: () => ['grow', '--stack=2', '--map', '^map\\[(int|int32|string|main.point)\\](int|bool)$'],
    });
    const events = lines.filter((line): line is GrowthEvent => line.type === 'event');
    const wanted = ledger.map(stepOfRow);
    expect((lines.at(-1) as Summary).lost).toBe(0);
    const seen = new Set(wanted.map((step) => `${step.op} ${step.why}`));
    const classic = version < '1.24' || experiment !== '';
    expect([...seen]).toEqual(
      expect.arrayContaining(
        classic
          ? ['grow load', 'grow overflow', 'evacuate load', 'evacuate overflow', 'clear ']
          : ['grow small-full', 'rehash load', 'split load', 'rehash tombstones', 'clear '],
      ),
    );
    if (!classic && version !== '1.24.13') expect(seen).toContain('prune tombstones');
    expect(events.map(stepOfEvent)).toEqual(wanted);
    for (const { op, growth, caller, goroutine, stack } of events) {
      if (op === 'clear') continue;
      if (!classic || op === 'evacuate') expect(growth?.duration_ns).toBeGreaterThan(0);
      expect(goroutine?.id).toBe(1);
      // A migration may also end in a delete.
      expect(op === 'evacuate' ? [...INSERTS, 'main.remove'] : INSERTS).toContain(caller?.function);
      expect(stack?.[0]).toEqual(caller);
      expect(stack?.[1]?.function).toMatch(/^main\.(work|fill|drain)\.func\d/);
    }
    const rates = lines.at(-2) as Growths;
    expect(rates.maps).toHaveLength(6);
    const growths = events.filter(({ op }) => ['grow', 'rehash', 'split'].includes(op));
    expect(rates.maps.reduce((sum, one) => sum + one.count, 0)).toBe(growths.length);
    const site = rates.sites.find((one) => one.caller.function === 'main.insertText');
    expect(site?.count).toBe(growths.filter(({ caller }) => caller?.function === 'main.insertText').length);
  });
});

it.each(['1.23.12', '1.26.8'])('growth of the map of a variable, Go %s', async (version) => {
  const { ledger, lines } = await traced({
    program: buildGo('grown', version),
    args: () => ['grow', '--map', 'main.texts'],
  });
  const events = lines.filter((line): line is GrowthEvent => line.type === 'event');
  const wanted = ledger.map(stepOfRow).filter(({ key, op }) => key.startsWith('"') && op !== 'evacuate');
  expect(wanted.length).toBeGreaterThan(5);
  expect(events.filter(({ op }) => op !== 'evacuate').map(stepOfEvent)).toEqual(wanted);
  expect(new Set(events.map(({ map }) => map.address)).size).toBe(1);
  for (const { op, growth } of events)
    if (version !== '1.23.12' || op === 'evacuate') expect(growth?.duration_ns).toBeGreaterThan(0);
});

it.each([
  ['1.21.13', ''],
  ['1.24.13', 'noswissmap'],
])('progress of a slow migration, Go %s %s', async (version, experiment) => {
  const { ledger, lines } = await traced({
    program: buildGo('migrate', version, 'default', experiment),
    args: () => ['grow', '--map', 'main.slow'],
  });
  const [from, to] = (ledger[0] ?? []).map(Number);
  const kinds = lines.map((line) => (line.type === 'event' ? (line as GrowthEvent).op : line.type));
  // Told between the growth and its end, at most once for each eighth of the way.
  const told = lines.filter((line): line is Migration => line.type === 'migration');
  expect(told.length).toBeGreaterThan(2);
  expect(told.length).toBeLessThan(9);
  expect(kinds).toEqual([
    'attached',
    'grow',
    ...told.map(() => 'migration'),
    'evacuate',
    'growths',
    'summary',
  ]);
  let [eighth, len] = [0, 0];
  for (const { growth, map, len: now } of told) {
    expect(growth).toMatchObject({ from, to, trigger: 'load', migration: { old_buckets: from } });
    const { evacuated } = growth.migration!;
    const part = Math.floor((8 * evacuated) / from!);
    expect(part).toBeGreaterThan(eighth);
    expect(evacuated).toBeLessThan(from!);
    expect(now).toBeGreaterThan(len);
    expect(map).toMatchObject({ address: (lines[1] as GrowthEvent).map.address, type: 'map[int]int' });
    [eighth, len] = [part, now];
  }
});
