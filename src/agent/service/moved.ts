import type { SteadyClock } from '../../sys/steady_clock.ts';

/** Gives an item of a run that has kept to the wall clock as it was at its beginning the time of the clock as it is. */
export type Moved = <T extends { readonly at: number }>(item: T) => T;

/** To be made where the run begins. */
export function movedSince(clock: SteadyClock): Moved {
  const begun = clock.movedMs;
  return (item) => {
    const by = Math.round(clock.movedMs - begun);
    return by === 0 ? item : { ...item, at: item.at + by };
  };
}
