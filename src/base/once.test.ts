import { describe, expect, it, vi } from 'vitest';
import { once, OncePer } from './once.ts';

describe('once', () => {
  it('computes when it is asked first, and never again', () => {
    const compute = vi.fn(() => undefined);
    const value = once(compute);
    expect(compute).not.toHaveBeenCalled();
    value();
    value();
    expect(compute).toHaveBeenCalledTimes(1);
  });
});

describe('OncePer', () => {
  it('keeps a value for each object and name', () => {
    const known = new OncePer<object, number>();
    const [a, b] = [{}, {}];
    expect([known.of(a, 'x', () => 1), known.of(a, 'y', () => 2), known.of(b, 'x', () => 3)]).toEqual([
      1, 2, 3,
    ]);
    expect([known.of(a, 'x', () => 4), known.of(a, 'y', () => 5), known.of(b, 'x', () => 6)]).toEqual([
      1, 2, 3,
    ]);
  });
});
