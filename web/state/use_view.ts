import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { ApiStatus } from '../../src/protocol/api.ts';
import { DEFAULT_RANGE, fragmentOf, leftOut, parseView, type View } from './view.ts';

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

const current = (): string => window.location.hash;

/** What the address says is to be seen. */
export function useView(): View {
  const fragment = useSyncExternalStore(subscribe, current);
  return useMemo(() => parseView(fragment), [fragment]);
}

/** What of the address could not be read. */
export function useLeftOut(): readonly string[] {
  const fragment = useSyncExternalStore(subscribe, current);
  return useMemo(() => leftOut(fragment), [fragment]);
}

/** The range that a view without one has: of a recording all of it. */
export function opened(view: View, status: ApiStatus | undefined): View {
  const { recording } = status ?? {};
  if (view.range !== DEFAULT_RANGE || recording === undefined) return view;
  const from = down(recording.from);
  return { ...view, range: { type: 'span', from, to: Math.max(from + 1000, up(recording.to)) } };
}

const down = (ms: number): number => Math.floor(ms / 1000) * 1000;
const up = (ms: number): number => Math.ceil(ms / 1000) * 1000;

/** What `useView` gives, outside of a picture and at once: one may follow upon the other sooner than a picture is drawn. */
export const viewNow = (): View => parseView(current());

/** Goes to a view. `quietly`: without a step to go back to. */
export function go(view: View, quietly = false): void {
  const fragment = fragmentOf(view);
  if (fragment === window.location.hash) return;
  if (!quietly) {
    window.location.hash = fragment;
    return;
  }
  window.history.replaceState(undefined, '', fragment);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

/** Changes some of what is seen. */
export function useChange(view: View): (changes: Partial<View>, quietly?: boolean) => void {
  return useCallback(
    (changes, quietly = false) => {
      go({ ...view, ...changes }, quietly);
    },
    [view],
  );
}
