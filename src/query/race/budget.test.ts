import { describe, expect, it } from 'vitest';
import { RaceBudget } from './budget.ts';

const MS = 1e6;

describe('the budget', () => {
  it('is a share of the CPU time that the program takes', () => {
    const budget = new RaceBudget(0.01);
    let spent = 0;
    // Two busy CPUs for ten seconds, in which all that is allowed is used.
    for (let t = 200; t <= 10_000; t += 200) spent = budget.look(t, 2 * t, spent).totalNs;
    expect(budget.countedMs).toBeCloseTo(20_000);
    expect(spent / MS / 20_000).toBeGreaterThan(0.009);
    expect(spent / MS / 20_000).toBeLessThan(0.0105);
  });

  it('is not saved up: an idle program that wakes up is not held all at once', () => {
    const budget = new RaceBudget(0.01);
    for (let t = 200; t <= 60_000; t += 200) budget.look(t, 0, 0);
    expect(budget.look(60_200, 0, 0).totalNs).toBeLessThanOrEqual(0.01 * 0.1 * 1000 * MS * 1.01);
  });

  it('spreads the waits over the time', () => {
    const budget = new RaceBudget(0.01);
    for (let t = 200; t <= 10_000; t += 200) budget.look(t, t, 0);
    expect(budget.look(10_200, 10_200, 0).pace).toBeCloseTo(99, 0);
    const idle = new RaceBudget(0.01);
    for (let t = 200; t <= 10_000; t += 200) idle.look(t, 0, 0);
    expect(idle.look(10_200, 0, 0).pace).toBeGreaterThan(900);
  });
});
