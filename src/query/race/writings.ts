import type { Writing } from '../../protocol/race.ts';
import { placeOf, sideOf, type Sighting } from './sighting.ts';

interface Known {
  readonly line: Writing;
  count: number;
  told: number;
}

/** Operations that found the runtime's mark "being written" set, each place once. */
export class Writings {
  readonly #known = new Map<string, Known>();
  readonly #maps = new Set<number>();

  get size(): number {
    return this.#known.size;
  }

  /** Whether the map at this address was found so. */
  isRacy(map: number): boolean {
    return this.#maps.has(map);
  }

  /** What became known by this record. */
  add(sighting: Sighting): readonly Writing[] {
    this.#maps.add(sighting.map);
    const name = `${placeOf(sighting)} ${sighting.event.map.type ?? ''}`;
    const known = this.#known.get(name);
    if (known !== undefined) {
      known.count++;
      return [];
    }
    const line: Writing = {
      type: 'writing',
      id: this.#known.size + 1,
      map: sighting.event.map,
      side: sideOf(sighting),
      count: 1,
    };
    this.#known.set(name, { line, count: 1, told: 1 });
    return [line];
  }

  /** Those that were seen again since they were told. */
  seenAgain(): readonly Writing[] {
    return [...this.#known.values()].flatMap((known) => {
      if (known.count === known.told) return [];
      known.told = known.count;
      return { ...known.line, count: known.count };
    });
  }
}
