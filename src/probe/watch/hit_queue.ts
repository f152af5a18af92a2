import type { Gaps } from './gaps.ts';
import type { Place } from './place.ts';
import type { Sample } from './sample.ts';
import { GUARD_NS, ValueLog } from './value_log.ts';
import type { WatchHit } from './watch_hit.ts';

/** What is known of one place. */
interface Watched {
  readonly place: Place;
  readonly values: ValueLog;
  /** The last hit, or the moment since when the place is watched. */
  since: bigint;
}

/**
 * Samples wait here until they can be told in the order of time, and with the values around them: until the
 * place was read after them, and all hits of before that reading are known.
 */
export class HitQueue {
  readonly #places: ReadonlyMap<number, Watched>;
  readonly #gaps: Gaps;
  #waiting: Sample[] = [];

  /** `since`: all threads are watched from this moment on. */
  constructor(places: readonly Place[], gaps: Gaps, since: bigint) {
    const watched = places.map((place): [number, Watched] => [
      place.address,
      { place, values: new ValueLog(), since },
    ]);
    this.#places = new Map(watched);
    this.#gaps = gaps;
  }

  /** The bytes that a place held. */
  addValue(place: Place, bytes: Uint8Array, begun: bigint, ended: bigint): void {
    this.#places.get(place.address)?.values.add({ bytes, begun, ended });
  }

  addSample(sample: Sample): void {
    this.#waiting.push(sample);
  }

  /** Hits were lost: of what was read until now nothing follows for hits before or after. */
  forgetValues(now: bigint): void {
    for (const watched of this.#places.values()) {
      watched.values.clear();
      watched.since = now;
    }
  }

  /** The hits that nothing can change any more; `known`: all hits of before this moment are here. */
  take(known: bigint): WatchHit[] {
    const reads = [...this.#places.values()].map(({ values }) => values.lastEndedBefore(known)?.begun);
    // A place that cannot be read (any more) has no values to wait for.
    const until = reads.reduce<bigint>((least, at) => (at !== undefined && at < least ? at : least), known);
    return this.#takeUntil(until);
  }

  /** All that is left, at the end. */
  takeAll(): WatchHit[] {
    return this.#takeUntil(undefined);
  }

  #takeUntil(until: bigint | undefined): WatchHit[] {
    this.#waiting.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    const end = until === undefined ? -1 : this.#waiting.findIndex((sample) => sample.time >= until);
    const count = end < 0 ? this.#waiting.length : end;
    const hits: WatchHit[] = [];
    const next = nextTimes(this.#waiting);
    for (const [i, sample] of this.#waiting.slice(0, count).entries()) {
      const hit = this.#hit(sample, next[i]);
      if (hit !== undefined) hits.push(hit);
    }
    this.#waiting = this.#waiting.slice(count);
    if (until !== undefined) this.#forget(until);
    return hits;
  }

  #hit(sample: Sample, next: bigint | undefined): WatchHit | undefined {
    const { time, address } = sample;
    const watched = this.#places.get(address);
    if (watched === undefined) return undefined;
    const before = watched.values.before(time, watched.since);
    const after = watched.values.after(time, next);
    watched.since = time;
    const certainBefore = before !== undefined && this.#gaps.isWatched(before.begun, time);
    const certainAfter = after !== undefined && this.#gaps.isWatched(time, after.ended);
    return {
      ...sample,
      place: watched.place,
      ...(certainBefore ? { before } : {}),
      ...(certainAfter ? { after } : {}),
    };
  }

  #forget(until: bigint): void {
    for (const { values } of this.#places.values()) values.forget(until);
    this.#gaps.forget(until - 1000n * GUARD_NS);
  }
}

/** For each sample the time of the next one at the same place. */
function nextTimes(samples: readonly Sample[]): (bigint | undefined)[] {
  const coming = new Map<number, bigint>();
  const times: (bigint | undefined)[] = samples.map(() => undefined);
  for (let i = samples.length - 1; i >= 0; i--) {
    const sample = samples[i];
    if (sample === undefined) continue;
    times[i] = coming.get(sample.address);
    coming.set(sample.address, sample.time);
  }
  return times;
}
