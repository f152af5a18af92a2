import type { ApiUncounted } from '../api.ts';

/** Which operations of which process were not counted, and for how long: `all of shop-1 for 3.2 s; reads of …`. */
export function uncountedText(uncounted: readonly ApiUncounted[]): string {
  return uncounted
    .map(({ process, ops, ms }) => `${ops === 'all' ? 'all' : 'reads'} of ${process} for ${seconds(ms)}`)
    .join('; ');
}

const seconds = (ms: number): string => `${ms < 10_000 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000)} s`;
