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

test('one read that was held up keeps no other back', () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  try {
    let [reads, takes] = [0, 0.1];
    const totals = new LiveTotals(() => {
      reads++;
      vi.advanceTimersByTime(takes);
      return [];
    });
    const takeAfter = (ms: number): void => {
      vi.advanceTimersByTime(ms);
      totals.take();
    };
    takeAfter(0);
    takes = 30;
    takeAfter(5);
    takes = 0.1;
    takeAfter(5);
    expect(reads).toBe(3);
    takes = 30;
    for (let i = 0; i < 4; i++) takeAfter(5);
    expect(reads).toBe(7);
    // The last four took so long: that is how long one takes.
    takeAfter(295);
    expect(reads).toBe(7);
    takeAfter(10);
    expect(reads).toBe(8);
  } finally {
    vi.useRealTimers();
  }
});
