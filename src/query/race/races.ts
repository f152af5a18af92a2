import { MARK_MET, MARK_WATCHED } from '../../model/record.ts';
import type { Race, RaceSide } from '../../protocol/race.ts';
import { kindOf, placeOf, sameKey, sideOf, type Sighting } from './sighting.ts';

interface Known {
  readonly race: Race;
  count: number;
  told: number;
  readonly maps: Set<number>;
}

interface Watch {
  held: Sighting | undefined;
  readonly met: Sighting[];
}

/** Halves that are kept while the other is under way: they come within the same drain, or the next. */
const WAITING = 1024;

/** Puts the two sides of each race together, and those of the same two places into one. */
export class Races {
  readonly #watches = new Map<number, Watch>();
  readonly #known = new Map<string, Known>();
  readonly #maps = new Set<number>();

  /** Different races so far. */
  get size(): number {
    return this.#known.size;
  }

  /** Whether a race on the map with this header was found. */
  isRacy(map: number): boolean {
    return this.#maps.has(map);
  }

  /** Races that became known by this record: each is told here once, and counted from then on. */
  add(sighting: Sighting): readonly Race[] {
    const { watch, why } = sighting;
    if (why !== MARK_MET && why !== MARK_WATCHED) return [];
    const entry = this.#watches.get(watch) ?? { held: undefined, met: [] };
    this.#watches.set(watch, entry);
    if (why === MARK_WATCHED) entry.held = sighting;
    else entry.met.push(sighting);
    this.#forgetOldest();
    const { held } = entry;
    if (held === undefined) return [];
    return entry.met.splice(0).flatMap((met) => this.#pair(held, met) ?? []);
  }

  /** Races that were seen again since they were told, with their counts. */
  seenAgain(): readonly Race[] {
    return [...this.#known.values()].flatMap((known) => {
      if (known.count === known.told) return [];
      known.told = known.count;
      return { ...known.race, count: known.count, maps: known.maps.size };
    });
  }

  #pair(held: Sighting, met: Sighting): Race | undefined {
    // Both were looked at by the probe; a record that contradicts that would be of another watch.
    if (held.map !== met.map || held.event.goroutine?.id === met.event.goroutine?.id) return undefined;
    this.#maps.add(held.map);
    const name = [placeOf(held), placeOf(met)].sort().join(' | ');
    const known = this.#known.get(name);
    if (known !== undefined) {
      known.count++;
      known.maps.add(held.map);
      return undefined;
    }
    const race = raceOf(this.#known.size + 1, held, met);
    this.#known.set(name, { race, count: 1, told: 1, maps: new Set([held.map]) });
    return race;
  }

  #forgetOldest(): void {
    if (this.#watches.size <= WAITING) return;
    const [oldest] = this.#watches.keys();
    if (oldest !== undefined) this.#watches.delete(oldest);
  }
}

function raceOf(id: number, held: Sighting, met: Sighting): Race {
  const sides: [RaceSide, RaceSide] = [sideOf(held), sideOf(met)];
  const same = sameKey(held.event.key, met.event.key);
  const map = { ...met.event.map, ...held.event.map };
  const { len, key } = held.event;
  return {
    type: 'race',
    id,
    kind: kindOf(held.event.op, met.event.op),
    map,
    ...(len === undefined ? {} : { len }),
    ...(same === true && key !== undefined ? { key } : {}),
    ...(same === undefined ? {} : { same_key: same }),
    sides,
    count: 1,
    maps: 1,
  };
}
