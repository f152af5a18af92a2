import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { expect, it } from 'vitest';
import type { MapOp } from '../model/map_op.ts';
import type { WindowCount } from '../model/window.ts';
import { cpuProfile } from './cpu_profile.ts';
import { OpSamples } from './op_samples.ts';
import { pprofProfile } from './pprof_profile.ts';
import { speedscopeFile } from './speedscope.ts';

const frame = (
  name: string,
  inlined = false,
): { function: string; file: string; line: number; inlined: boolean } => ({
  function: name,
  file: `/${name}.go`,
  line: 7,
  inlined,
});
const event = (op: MapOp, type: string, ...stack: string[]): Parameters<OpSamples['event']>[0] => ({
  op,
  map: { type },
  caller: frame(stack[0] ?? ''),
  stack: stack.map((name) => frame(name)),
});
const counted = (op: MapOp, mapType: string, name: string, count: number): WindowCount => ({
  process: { pid: 1, started: 0, name: 'x' },
  op,
  mapType,
  site: { function: name, file: `/${name}.go`, line: 7 },
  count,
  found: 0,
  notFound: 0,
  removed: 0,
});
const windowOf = (...counts: WindowCount[]): Parameters<OpSamples['window']>[0] => ({
  start: 0,
  lengthMs: 1000,
  counts,
  loss: { ringFull: 0, sampled: 0 },
});

it('scales sampled events to exact counts, and rounds so that sums stay exact', () => {
  const samples = new OpSamples(100);
  for (let i = 0; i < 2; i++) samples.event(event('delete', 'A', 'evict', 'main'));
  samples.event(event('delete', 'A', 'evict', 'test'));
  samples.window(windowOf(counted('delete', 'A', 'evict', 1000), counted('assign', 'A', 'put', 5)));
  samples.window(windowOf(counted('delete', 'A', 'evict', 1)));
  expect(
    samples.samples().map(({ op, stack, count }) => [op, stack.map((f) => f.function).join('<'), count]),
  ).toEqual([
    ['delete', 'evict<test', 334],
    ['delete', 'evict<main', 667],
    ['assign', 'put', 5],
  ]);
});

it('puts growth, which is counted at another place, where it comes from', () => {
  const samples = new OpSamples(1);
  samples.event(event('grow', 'A', 'put', 'main'));
  samples.window(windowOf(counted('grow', 'A', 'runtime.mapassign', 3)));
  expect(samples.samples()).toMatchObject([
    { op: 'grow', count: 3, stack: [{ function: 'put' }, { function: 'main' }] },
  ]);
});

it('multiplies where there are no exact counts', () => {
  const samples = new OpSamples(10);
  samples.event(event('delete', 'A', 'evict'));
  expect(samples.samples()).toMatchObject([{ count: 10 }]);
});

it('writes a profile that its own reader understands', () => {
  const stack = [frame('inlined', true), frame('evict'), frame('main')];
  const bytes = pprofProfile(
    [
      { op: 'delete', mapType: 'map[string]int', stack, count: 7 },
      { op: 'clear', mapType: undefined, stack: [], count: 1 },
    ],
    { from: 1000, to: 3000 },
  );
  const profile = Profile.decode(gunzipSync(bytes));
  const text = (index: number | bigint): string => profile.stringTable.strings[Number(index)] ?? '';
  expect(profile.sampleType.map(({ type }) => text(type))).toEqual([
    'map_deletes',
    'map_assigns',
    'map_accesses',
    'map_clears',
  ]);
  expect(profile.sample.map(({ value }) => value.map(Number))).toEqual([
    [7, 0, 0, 0],
    [0, 0, 0, 1],
  ]);
  expect(profile.sample[0]?.label.map(({ key, str }) => [text(key), text(str)])).toEqual([
    ['op', 'delete'],
    ['map_type', 'map[string]int'],
  ]);
  // One place for the call, with the inlined function first.
  expect(profile.location.map(({ line }) => line.length)).toEqual([2, 1]);
  expect(text(profile.defaultSampleType)).toBe('map_deletes');
  expect(Number(profile.durationNanos)).toBe(2e9);
});

it('gives each operation a profile of its own for speedscope', () => {
  const file = speedscopeFile(
    [
      { op: 'delete', mapType: 'A', stack: [frame('evict'), frame('main')], count: 7 },
      { op: 'assign', mapType: undefined, stack: [frame('main')], count: 9 },
    ],
    'x',
    '1',
  );
  expect(file.profiles.map(({ name, endValue, weights }) => [name, endValue, weights])).toEqual([
    ['map assign', 9, [9]],
    ['map delete', 7, [7]],
  ]);
  const names = file.profiles[1]?.samples[0]?.map((i) => file.shared.frames[i]?.name);
  expect(names).toEqual(['main', 'evict', 'delete A']);
});

it('reads a CPU profile: what map functions take, and for whom', () => {
  const bytes = pprofProfile(
    [
      {
        op: 'access',
        mapType: undefined,
        stack: [frame('runtime.memhash'), frame('runtime.mapaccess1_faststr'), frame('shop.get')],
        count: 3,
      },
      {
        op: 'access',
        mapType: undefined,
        stack: [
          frame('internal/runtime/maps.(*Map).getWithKey'),
          frame('runtime.mapaccess2'),
          frame('shop.get'),
        ],
        count: 1,
      },
      { op: 'access', mapType: undefined, stack: [frame('shop.other')], count: 4 },
    ],
    { from: 5000, to: 9000 },
  );
  const profile = Profile.decode(gunzipSync(bytes));
  // Counts of map operations are no time on a processor.
  expect(() => cpuProfile('x', bytes, { from: 0, to: 1 })).toThrow(
    expect.objectContaining({
      code: 'not-cpu-profile',
      message: expect.stringContaining('map_deletes') as string,
    }),
  );
  for (const sample of profile.sample) sample.value = [sample.value[2] ?? 0];
  profile.sampleType = profile.sampleType.slice(2, 3);
  for (const one of profile.sampleType) one.type = profile.stringTable.dedup('cpu');
  const read = cpuProfile('cpu.pprof', profile.encode(), { from: 8000, to: 20_000 });
  expect(read).toMatchObject({ map_share: 0.5, overlaps: true, samples: 3, from: 5000, to: 9000 });
  expect(read.callers).toEqual([{ function: 'shop.get', share: 0.5 }]);
  expect(read.functions.find((one) => one.function === 'runtime.mapaccess1_faststr')).toEqual({
    function: 'runtime.mapaccess1_faststr',
    flat: 0,
    cumulative: 0.375,
    is_map: true,
  });
  expect(cpuProfile('x', profile.encode(), { from: 10_000, to: 20_000 }).overlaps).toBe(false);
});

it.each([
  ['text', Buffer.from('hello world, this is no profile')],
  ['nothing', Buffer.alloc(0)],
])('refuses %s as a profile', (_name, bytes) => {
  expect(() => cpuProfile('x', bytes, { from: 0, to: 1 })).toThrow(
    expect.objectContaining({ code: 'not-pprof' }),
  );
});
