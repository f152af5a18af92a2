import { useEffect, useState } from 'react';
import { useHub, useHubState } from './use_hub.ts';
import type { Range, Span } from './view.ts';

const SOONEST_MS = 1000;
const LATEST_MS = 30_000;

/** How often a range that ends now moves on: so that a picture of it changes by some pixels each time. */
export function moveEvery(ms: number): number {
  return Math.min(LATEST_MS, Math.max(SOONEST_MS, Math.round(ms / 300 / 1000) * 1000));
}

/** The range as two times, by the server's clock. One that ends now moves on while the page is looked at. */
export function useSpan(range: Range): Span | undefined {
  const hub = useHub();
  const known = useHubState().status !== undefined;
  const [now, setNow] = useState<number>();
  const ms = range.type === 'last' ? range.ms : undefined;
  useEffect(() => {
    if (ms === undefined || !known) return;
    const move = (): void => {
      if (!document.hidden) setNow(Math.floor(hub.now() / 1000) * 1000);
    };
    move();
    const timer = setInterval(move, moveEvery(ms));
    document.addEventListener('visibilitychange', move);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', move);
    };
  }, [hub, ms, known]);
  if (range.type === 'span') return spanAt(range, 0);
  return now === undefined ? undefined : spanAt(range, now);
}

/** The range as two times, if it is `now`. */
export function spanAt(range: Range, now: number): Span {
  if (range.type === 'span') return { from: range.from, to: range.to };
  return { from: now - range.ms, to: now };
}
