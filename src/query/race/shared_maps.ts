import type { FrameOfEvent } from '../../model/map_event.ts';
import type { MapOp } from '../../model/map_op.ts';
import type { Shared, SharedSite } from '../../protocol/race.ts';
import { placeName, type Sighting } from './sighting.ts';

interface Place {
  readonly op: MapOp;
  readonly caller: FrameOfEvent;
  readonly goroutines: Set<number>;
}

/** A map while its seed stays the same: that it is one map, and not another at its address, is then certain. */
interface Life {
  readonly first: Sighting;
  readonly goroutines: Set<number>;
  readonly places: Map<string, Place>;
}

/** Maps to which several goroutines write, over time. */
export class SharedMaps {
  readonly #lives = new Map<string, Life>();

  /** A write to a map to which another goroutine has written before. */
  add(sighting: Sighting): void {
    const { map, seed, event } = sighting;
    if (seed === undefined || event.goroutine === undefined || event.caller === undefined) return;
    const name = `${map} ${seed}`;
    const life: Life = this.#lives.get(name) ?? { first: sighting, goroutines: new Set(), places: new Map() };
    this.#lives.set(name, life);
    const { op, caller, goroutine } = event;
    life.goroutines.add(goroutine.id);
    const at = placeName(op, caller);
    const place: Place = life.places.get(at) ?? { op, caller, goroutines: new Set() };
    life.places.set(at, place);
    place.goroutines.add(goroutine.id);
  }

  /** One for each type and set of places; maps of which more is known are left out. */
  lines(isRacy: (map: number) => boolean): readonly Shared[] {
    const groups = new Map<string, { lives: Life[]; maps: Set<number> }>();
    for (const life of this.#lives.values()) {
      if (life.goroutines.size < 2 || isRacy(life.first.map)) continue;
      const places = [...life.places.keys()].sort().join(' | ');
      const name = `${life.first.event.map.type ?? ''} ${places}`;
      const group = groups.get(name) ?? { lives: [], maps: new Set() };
      groups.set(name, group);
      group.lives.push(life);
      group.maps.add(life.first.map);
    }
    return [...groups.values()].map(({ lives, maps }) => sharedOf(lives, maps.size));
  }
}

function sharedOf(lives: readonly Life[], maps: number): Shared {
  const most = lives.reduce((a, b) => (b.goroutines.size > a.goroutines.size ? b : a));
  const sites = [...most.places.values()].map(({ op, caller, goroutines }): SharedSite => ({
    op,
    caller,
    goroutines: goroutines.size,
  }));
  return { type: 'shared', map: most.first.event.map, maps, goroutines: most.goroutines.size, sites };
}
