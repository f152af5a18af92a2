import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { fragmentOf, parseView, type View } from './view.ts';

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

/** The same, outside of a picture and at once: one may follow upon the other sooner than a picture is drawn. */
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
