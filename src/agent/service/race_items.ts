import type { RaceSeen, RaceSideSeen } from '../../model/feed.ts';
import type { ProcessRef } from '../../model/window.ts';
import type { Race, RaceSide } from '../../protocol/race.ts';
import { siteOf } from './site_of.ts';

/** A race as the feed has it. */
export function raceSeen(race: Race, process: ProcessRef): RaceSeen {
  const { map, key, sides } = race;
  return {
    type: 'race',
    process,
    at: Date.parse(sides[1].time),
    id: race.id,
    kind: race.kind,
    ...(map.type === undefined ? {} : { mapType: map.type }),
    ...(map.address === undefined ? {} : { mapAddress: map.address }),
    ...(key?.text === undefined ? {} : { key: key.text }),
    sides: [sideSeen(sides[0]), sideSeen(sides[1])],
    count: race.count,
  };
}

/** One side of it. */
export function sideSeen({ op, caller, goroutine, stack, locks }: RaceSide): RaceSideSeen {
  const site = siteOf(caller);
  return {
    op,
    ...(site === undefined ? {} : { site }),
    ...(goroutine === undefined ? {} : { goroutine: goroutine.id }),
    stack: (stack ?? []).flatMap((frame) => siteOf(frame) ?? []),
    ...(locks === undefined ? {} : { locks: locks.flatMap((frame) => siteOf(frame) ?? []) }),
  };
}
