import { counted } from '../../protocol/text/numbers.ts';
import { placeLabel } from '../../protocol/text/labels.ts';
import type { RaceSide } from '../../protocol/race.ts';

const MOST_LOCKS = 3;

/** What is known of the mutexes that the functions of a side's stack take, a line each; none where it is not known. */
export function lockWords({ locks }: RaceSide): readonly string[] {
  if (locks === undefined) return [];
  if (locks.length === 0)
    return ['no call that takes a sync.Mutex or RWMutex in the functions of this stack'];
  const shown = locks.slice(0, MOST_LOCKS).map((frame) => `takes a mutex in ${placeLabel(frame)}`);
  const more = locks.length - shown.length;
  return more === 0 ? shown : [...shown, `and in ${counted(more, 'more place')}`];
}
