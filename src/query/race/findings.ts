import { MARK_SHARED, MARK_WRITING } from '../../model/record.ts';
import type { Race, Shared, Writing } from '../../protocol/race.ts';
import { Races } from './races.ts';
import { SharedMaps } from './shared_maps.ts';
import type { Sighting } from './sighting.ts';
import { Writings } from './writings.ts';

/** All that a run of `race` has found. */
export class RaceFindings {
  readonly #races = new Races();
  readonly #writings = new Writings();
  readonly #sharedMaps = new SharedMaps();
  /** Records that came. */
  seen = 0;
  /** Lines about maps that several goroutines write to; known at the end. */
  shared = 0;

  get races(): number {
    return this.#races.size;
  }

  get writings(): number {
    return this.#writings.size;
  }

  /** What becomes known now. */
  add(sightings: readonly Sighting[]): readonly (Race | Writing)[] {
    return sightings.flatMap((sighting): readonly (Race | Writing)[] => {
      this.seen++;
      if (sighting.why === MARK_WRITING) return this.#writings.add(sighting);
      if (sighting.why === MARK_SHARED) {
        this.#sharedMaps.add(sighting);
        return [];
      }
      return this.#races.add(sighting);
    });
  }

  /** What is known at the end only: counts, and what is no race as far as it was seen. */
  end(): readonly (Race | Writing | Shared)[] {
    const shared = this.#sharedMaps.lines((map) => this.#races.isRacy(map) || this.#writings.isRacy(map));
    this.shared = shared.length;
    return [...this.#races.seenAgain(), ...this.#writings.seenAgain(), ...shared];
  }
}
