import { expect, test, vi } from 'vitest';
import { LiveTotals } from './live_totals.ts';

test('totals that take long are read seldom, also where the clock is set back', () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  try {
    let reads = 0;
    const totals = new LiveTotals(() => {
      reads++;
      vi.advanceTimersByTime(20);
      return [];
    });
    totals.take();
    vi.advanceTimersByTime(190);
    vi.setSystemTime(0);
    totals.take();
    expect(reads).toBe(1);
    vi.advanceTimersByTime(11);
    totals.take();
    expect(reads).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});
