import { expect, test } from 'vitest';
import { CostMeter, type MeteredProbe } from './cost_meter.ts';

/** A probe that the kernel times: `ns` of so many runs, so far. */
function uprobes(of: () => { entries: number; ns: number }): MeteredProbe {
  const probe = { runTimes: () => ({ entries: of().entries, exits: 0, ns: of().ns }) };
  return {
    probe,
    get entries() {
      return of().entries;
    },
    events: 0,
    hasExits: false,
    isReads: false,
  };
}

/** Shares of the looks, four times a second, where each run takes what `nsOf` says. */
function shares(looks: number, nsOf: (look: number) => number): number[] {
  const so = { entries: 0, ns: 0 };
  const meter = new CostMeter(0, 0);
  const probe = uprobes(() => so);
  return Array.from({ length: looks }, (_, look) => {
    so.entries += 1000;
    so.ns += 1000 * nsOf(look);
    return meter.look(250 * (look + 1), 0, [probe]).share;
  });
}

test('one run that was put aside for seconds is no reason to pause', () => {
  const seen = shares(20, (look) => (look === 10 ? 2_000_000 : 150));
  expect(Math.max(...seen)).toBeLessThan(2 * (seen[9] ?? 0));
});

test('what runs take from now on is learnt, in some looks', () => {
  const seen = shares(40, (look) => (look < 10 ? 150 : 9000));
  expect(seen.at(-1)).toBeGreaterThan(0.95 * ((1000 * (940 + 9000)) / 250e6));
});

test('without a clock of the kernel each operation has its price', () => {
  const meter = new CostMeter(0, 0);
  const inline = { probe: {}, entries: 1_000_000, events: 10_000, hasExits: true, isReads: false };
  const { share, operations } = meter.look(1000, 0, [inline]);
  expect(share).toBeCloseTo((1_000_000 * 6 + 10_000 * 20) / 1e9, 6);
  expect(operations).toBe(1_000_000);
});
