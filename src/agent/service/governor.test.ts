import { expect, test } from 'vitest';
import { Governor, type Measured, MOST_EVENTS } from './governor.ts';

const measured = (at: number, over: Partial<Measured> = {}): Measured => ({
  at,
  share: 0.001,
  events: 0,
  allEvents: over.events ?? 0,
  reads: 0,
  operations: 10,
  ...over,
});

/** Looks four times a second, with what `of` says of the detail in force. */
function follow(governor: Governor, from: number, to: number, of: () => Partial<Measured>): string[] {
  const steps: string[] = [];
  for (let at = from; at < to; at += 250) {
    if (!governor.look(measured(at, of()))) continue;
    const { sampleEvery, keys, reads, paused } = governor.detail;
    steps.push(paused ? 'paused' : `1/${sampleEvery}${keys ? ' keys' : ''}${reads ? ' reads' : ''}`);
  }
  return steps;
}

test('within its budget nothing is lowered', () => {
  expect(follow(new Governor(0.01), 0, 60_000, () => ({ share: 0.009 }))).toEqual([]);
});

test('events are lowered first, as far as they take', () => {
  const governor = new Governor(0.01);
  governor.look(measured(0, { share: 0.02, events: 0.014 }));
  expect(governor.detail).toEqual({ sampleEvery: 16, keys: true, reads: true, paused: false });
});

test('what events do not save, reads do, and what those do not, a pause', () => {
  const reads = new Governor(0.01);
  reads.look(measured(0, { share: 0.05, events: 0.001, reads: 0.045 }));
  // Without reads there is room for all events of writes.
  expect(reads.detail).toEqual({ sampleEvery: 1, keys: true, reads: false, paused: false });
  const writes = new Governor(0.01);
  writes.look(measured(0, { share: 0.5, events: 0.1, reads: 0.1 }));
  expect(writes.detail.paused).toBe(true);
});

test('more events than anybody reads are sampled, whatever they cost', () => {
  const governor = new Governor(0.5);
  governor.look(measured(0, { operations: 10 * MOST_EVENTS }));
  expect(governor.detail).toMatchObject({ sampleEvery: 16, reads: true });
  // It does not go up again while it would be too much there.
  expect(follow(governor, 250, 60_000, () => ({ operations: 5 * MOST_EVENTS }))).toEqual([]);
});

test('it goes up again step by step, and reads come back later each time that they were too much', () => {
  const governor = new Governor(0.01);
  const busy = (): Partial<Measured> =>
    governor.detail.reads ? { share: 0.1, reads: 0.099 } : { share: 0.0005 };
  const ups: number[] = [];
  const hasReads = (): boolean => governor.detail.reads;
  for (let at = 0; at < 300_000; at += 250) {
    const before = hasReads();
    governor.look(measured(at, busy()));
    if (!before && hasReads()) ups.push(at);
  }
  const gaps = ups.slice(1).map((at, i) => at - (ups[i] ?? 0));
  expect(gaps.length).toBeGreaterThan(2);
  for (const [i, gap] of gaps.slice(1).entries()) expect(gap).toBeGreaterThan(gaps[i] ?? 0);
  // When the load is gone, all is looked at again.
  follow(governor, 300_000, 1_000_000, () => ({ share: 0.0001 }));
  expect(governor.detail).toEqual({ sampleEvery: 1, keys: true, reads: true, paused: false });
});

test('after a burst, all that there is room for is looked at again, not one step after the other', () => {
  const governor = new Governor(0.01);
  governor.look(measured(0, { share: 0.5, events: 0.1, reads: 0.395, operations: 500_000 }));
  expect(governor.detail).toEqual({ sampleEvery: 64, keys: true, reads: false, paused: false });
  const load = { share: 0.0065, reads: 0.003, allEvents: 0.0015, operations: 2500 };
  const calm = (): Partial<Measured> =>
    governor.detail.reads ? load : { ...load, share: load.share - load.reads, reads: 0 };
  // What can be computed first; then reads are tried.
  expect(follow(governor, 250, 21_000, calm)).toEqual(['1/1 keys', '1/1024 reads', '1/1 keys reads']);
});

test('while reads are too much, events of writes keep their keys, but for the tries', () => {
  const governor = new Governor(0.01);
  let withKeys = 0;
  for (let at = 0; at < 600_000; at += 250) {
    const { reads, keys, sampleEvery } = governor.detail;
    const events = 0.002 / sampleEvery;
    const share = 0.002 + events + (reads ? 0.05 : 0);
    governor.look(
      measured(at, { share, events, allEvents: 0.002, reads: reads ? 0.05 : 0, operations: 600 }),
    );
    if (keys && sampleEvery === 1) withKeys++;
  }
  expect(withKeys / 2400).toBeGreaterThan(0.9);
});

test('nothing is raised that would be too much there, as far as it can be computed', () => {
  const governor = new Governor(0.01);
  governor.look(measured(0, { share: 0.03, events: 0.025 }));
  expect(governor.detail.sampleEvery).toBe(16);
  const at16 = { share: 0.005 + 0.025 / 16, events: 0.025 / 16, allEvents: 0.025 };
  expect(follow(governor, 250, 120_000, () => at16)).toEqual([]);
  expect(follow(governor, 120_000, 240_000, () => ({ ...at16, allEvents: 0.012 }))).toEqual([
    '1/4 keys reads',
  ]);
});

test('a pause ends by trying, with counting alone', () => {
  const governor = new Governor(0.01);
  governor.look(measured(0, { share: 0.5 }));
  expect(follow(governor, 250, 9000, () => ({ share: 0.001 }))).toEqual(['1/1024']);
});

/** What counting that takes `share` takes on average of ten minutes, and the part of them in which it is done. */
function average(budget: number, share: number): { readonly share: number; readonly counted: number } {
  const governor = new Governor(budget);
  let [cost, counted, looks] = [0, 0, 0];
  for (let at = 0; at < 600_000; at += 250) {
    const now = governor.detail.paused ? 0 : share;
    governor.look(measured(at, { share: now, operations: 1 }));
    cost += now;
    looks++;
    if (now > 0) counted++;
  }
  return { share: cost / looks, counted: counted / looks };
}

test.each([0.012, 0.03, 0.09, 0.2, 0.8])(
  'writes that take %d are counted for as long as the budget has it',
  (share) => {
    const mean = average(0.01, share);
    expect(mean.share).toBeLessThanOrEqual(0.0105);
    // No less than half of what could be had.
    expect(mean.counted).toBeGreaterThan((0.5 * 0.01) / share);
  },
);

test('what cannot be left alone by itself is no step', () => {
  const hook = new Governor(0.01, { keys: true, reads: false, all: true });
  hook.look(measured(0, { share: 0.012, events: 0.0118, reads: 0 }));
  expect(hook.detail).toMatchObject({ reads: true, paused: false });
  const inline = new Governor(0.01, { keys: false, reads: false, all: false });
  const seen = follow(inline, 0, 600_000, () => ({ share: 0.02, events: 0.001 }));
  expect(inline.isAtLast).toBe(true);
  for (const step of seen) expect(step).toMatch(/keys reads$/);
});
