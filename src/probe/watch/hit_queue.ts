import type { Gaps } from './gaps.ts';
import type { Place } from './place.ts';
import type { Sample } from './sample.ts';
import { GUARD_NS, type ReadValue, ValueLog } from './value_log.ts';
import type { WatchHit } from './watch_hit.ts';
import type { Witness, Witnesses } from './witness.ts';

/** What is known of one place. */
interface Watched {
  place: Place;
  /** What the place was called before, until when: hits of that time still wait. */
  earlier: readonly { readonly place: Place; readonly until: bigint }[];
  readonly values: ValueLog;
  /** The last hit, or the moment since when the place is watched. */
  since: bigint;
  previous: Sample | undefined;
  /** What it left, where that is certain. */
  last: ReadValue | undefined;
  /** Not watched any more since then: only what happened before is still told. */
  until?: bigint;
}

/**
 * Samples wait here until they can be told in the order of time, and with the values around them: until the
 * place was read after them, and all hits of before that reading are known.
 */
export class HitQueue {
  /** By address; several where what is watched there has changed, the latest last. */
  readonly #places = new Map<number, readonly Watched[]>();
  readonly #gaps: Gaps;
  readonly #witnesses: Witnesses | undefined;
  #waiting: Sample[] = [];
  /** Before this moment there were hits that are not known. */
  #lostUntil = 0n;

  /** `since`: all threads are watched from this moment on. */
  constructor(places: readonly Place[], gaps: Gaps, since: bigint, witnesses?: Witnesses) {
    this.#witnesses = witnesses;
    this.#gaps = gaps;
    this.move(places, since);
  }

  /** The watchpoints are at these places now, at those that are new since `now`; what is known of the others holds on. */
  move(places: readonly Place[], now: bigint): void {
    const kept = new Map<number, number>(places.map(({ address, length }) => [address, length]));
    for (const watched of this.#all())
      if (kept.get(watched.place.address) !== watched.place.length) watched.until ??= now;
    for (const place of places) {
      const known = this.#current(place);
      if (known === undefined) this.#begin(place, now);
      else [known.place, known.earlier] = [place, [...known.earlier, { place: known.place, until: now }]];
    }
  }

  #begin(place: Place, since: bigint): void {
    const fresh = { place, earlier: [], values: new ValueLog(), since, previous: undefined, last: undefined };
    this.#places.set(place.address, [...(this.#places.get(place.address) ?? []), fresh]);
  }

  *#all(): Generator<Watched, void> {
    for (const watched of this.#places.values()) yield* watched;
  }

  /** What is known of a place that is watched now. */
  #current({ address }: Place): Watched | undefined {
    return this.#places.get(address)?.find(({ until }) => until === undefined);
  }

  /** The bytes that a place held. */
  addValue(place: Place, bytes: Uint8Array, begun: bigint, ended: bigint): void {
    this.#current(place)?.values.add({ bytes, begun, ended });
  }

  addSample(sample: Sample): void {
    this.#waiting.push(sample);
  }

  /** Hits were lost: of what was read until now nothing follows for hits before or after. */
  forgetValues(now: bigint): void {
    this.#lostUntil = now;
    for (const watched of this.#all()) {
      watched.values.clear();
      watched.since = now;
      watched.last = undefined;
    }
  }

  /** The hits that nothing can change any more; `known`: all hits of before this moment are here. */
  take(known: bigint): WatchHit[] {
    const reads = [...this.#all()].map(({ values, until }) =>
      until === undefined ? values.lastEndedBefore(known)?.begun : undefined,
    );
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
    const next = nextSamples(this.#waiting);
    for (const [i, sample] of this.#waiting.slice(0, count).entries()) {
      const hit = this.#hit(sample, next[i]);
      if (hit !== undefined) hits.push(hit);
    }
    this.#waiting = this.#waiting.slice(count);
    if (until !== undefined) this.#forget(until);
    return hits;
  }

  #hit(sample: Sample, next: Sample | undefined): WatchHit | undefined {
    const { time, address } = sample;
    const watched = this.#places.get(address)?.find(({ until = time + 1n }) => time < until);
    if (watched === undefined) return undefined;
    const witness = this.#witnesses?.of(sample);
    const { last } = watched;
    const isAlone = (other: { tid: number; time: bigint } | undefined): boolean =>
      other === undefined || other.tid === sample.tid || apart(other.time, time) > GUARD_NS;
    const previous = watched.previous;
    const seen = isAlone(previous) && isAlone(next) ? seenBy(witness, watched.place) : undefined;
    const left = isAlone(previous) ? last : undefined;
    const before = left ?? watched.values.before(time, watched.since);
    const after = seen ?? watched.values.after(time, next?.time);
    watched.since = time;
    watched.last = time >= this.#lostUntil ? seen : undefined;
    watched.previous = sample;
    const isKnown = time >= this.#lostUntil;
    const certainBefore = before !== undefined && isKnown && this.#gaps.isWatched(before.begun, time);
    const certainAfter = after !== undefined && isKnown && this.#gaps.isWatched(time, after.ended);
    return {
      ...sample,
      place: watched.earlier.find(({ until }) => time < until)?.place ?? watched.place,
      ...(witness?.goid === undefined || witness.goid === 0 ? {} : { goid: witness.goid }),
      ...(certainBefore ? { before } : {}),
      ...(certainAfter ? { after } : {}),
    };
  }

  #forget(until: bigint): void {
    for (const [address, all] of this.#places) {
      const left = all.filter((watched) => watched.until === undefined || watched.until >= until);
      if (left.length === 0) this.#places.delete(address);
      else this.#places.set(address, left);
      for (const watched of left) {
        watched.values.forget(until);
        watched.earlier = watched.earlier.filter((one) => one.until > until);
      }
    }
    this.#gaps.forget(until - 1000n * GUARD_NS);
    this.#witnesses?.forget(until - 1000n * GUARD_NS);
  }
}

const apart = (a: bigint, b: bigint): bigint => (a < b ? b - a : a - b);

/** The bytes of a place out of what was read in the trap. */
function seenBy(witness: Witness | undefined, { address, length }: Place): ReadValue | undefined {
  if (witness?.word === undefined) return undefined;
  const { time, word } = witness;
  const from = address % 8;
  return { bytes: word.slice(from, from + length), begun: time, ended: time };
}

/** For each sample the next one at the same place. */
function nextSamples(samples: readonly Sample[]): (Sample | undefined)[] {
  const coming = new Map<number, Sample>();
  const found: (Sample | undefined)[] = samples.map(() => undefined);
  for (const [i, sample] of [...samples.entries()].reverse()) {
    found[i] = coming.get(sample.address);
    coming.set(sample.address, sample);
  }
  return found;
}
