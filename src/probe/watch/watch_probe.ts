import type { Closable } from '../../base/dispose.ts';
import { MapauditError } from '../../base/errors.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { Pid } from '../../model/ids.ts';
import { monotonicNs } from '../../sys/clock.ts';
import type { BreakpointAccess } from '../../sys/breakpoint.ts';
import { HitQueue } from './hit_queue.ts';
import { checkPlaces, type Place, type PlaceSource } from './place.ts';
import type { WatchRecord } from './sample.ts';
import { ThreadSet } from './thread_set.ts';
import type { WatchHit } from './watch_hit.ts';
import { Witnesses } from './witness.ts';

/** 4 KiB pages of each thread's ring: some hundred hits. */
const RING_PAGES = 32;

/** A record may reach its ring this much later than its time stamp says. */
const LATE_NS = 2_000_000n;

/** What is watched, and how. */
export interface WatchSpec {
  readonly pid: Pid;
  /** The process's memory: values are read there. */
  readonly memory: ByteSource;
  readonly source: PlaceSource;
  readonly access: BreakpointAccess;
  /** Most frames of each hit's stack, at most MOST_FRAMES. */
  readonly frames: number;
  /** Of runtime.g's goid. With it, goroutine and value are seen at each hit itself, where the kernel lets us. */
  readonly goidOffset?: number;
}

/** What a run of watching was. */
export interface WatchTotals {
  /** Hits that found a ring full. */
  readonly lost: number;
  /** Threads that were watched, ever. */
  readonly threads: number;
  /** Of these, threads that were born meanwhile: unwatched for a moment. */
  readonly lateThreads: number;
  /** The longest such moment, in milliseconds. */
  readonly longestGapMs: number;
  /** How often the watchpoints were moved. */
  readonly moves: number;
}

/**
 * Hardware watchpoints in every thread of a process. The process is neither stopped nor changed: the kernel holds
 * the debug registers, and takes them back when this is closed or when mapaudit dies.
 *
 * Errors of opening: those of `checkPlaces` and `watchError`.
 */
export class WatchProbe implements Closable {
  readonly #spec: WatchSpec;
  readonly #threads: ThreadSet;
  readonly #witnesses: Witnesses | undefined;
  /** Why goroutines and values are not seen at the hit itself, where that was wanted. */
  readonly witnessRefusal: MapauditError | undefined;
  #places: readonly Place[] = [];
  #queue: HitQueue;
  #lost = 0;
  #moves = 0;
  #done = false;

  constructor(spec: WatchSpec) {
    const { pid, access, frames, source } = spec;
    this.#spec = spec;
    const opened = openWitnesses(spec.goidOffset);
    this.#witnesses = opened instanceof Witnesses ? opened : undefined;
    this.witnessRefusal = opened instanceof MapauditError ? opened : undefined;
    const witnesses = this.#witnesses === undefined ? {} : { witnesses: this.#witnesses };
    this.#threads = new ThreadSet(pid, { access, frames, ringPages: RING_PAGES, ...witnesses });
    this.#queue = new HitQueue([], this.#threads.gaps, 0n, this.#witnesses);
    try {
      this.#watch(source.resolve() ?? []);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Where the watchpoints are now. */
  get places(): readonly Place[] {
    return this.#places;
  }

  /** Watchpoints that are set now: places times threads. */
  get size(): number {
    return this.#places.length * this.#threads.size;
  }

  /** Why some new threads are not watched now, if there are any. */
  get refusal(): MapauditError | undefined {
    return this.#threads.refusal;
  }

  get totals(): WatchTotals {
    const { gaps, seen } = this.#threads;
    return {
      lost: this.#lost,
      threads: seen,
      lateThreads: gaps.count,
      longestGapMs: Number(gaps.longest) / 1e6,
      moves: this.#moves,
    };
  }

  /** The hits that can be told by now, in the order of time; some 20 ms after they happened. */
  drain(): WatchHit[] {
    if (this.#done) return [];
    const known = monotonicNs() - LATE_NS;
    this.#readValues();
    this.#threads.drain((record) => this.#take(record));
    this.#witnesses?.drain();
    if (this.#threads.isTimeToLook) this.#threads.look();
    const hits = this.#queue.take(known);
    const { movedBy } = this.#spec.source;
    return movedBy !== undefined && hits.some(movedBy) ? [...hits, ...this.resolveAgain()] : hits;
  }

  /**
   * Asks again where the places are, and lets the watchpoints follow when they have moved: those that have not are not
   * touched. Where the kernel cannot do that, all are set anew, and for that moment nothing is watched. Returns hits that
   * can be told by now.
   */
  resolveAgain(): WatchHit[] {
    const places = this.#spec.source.resolve();
    if (this.#done || places === undefined || samePlaces(places, this.#places)) return [];
    checkPlaces(places);
    this.#moves++;
    this.#readValues();
    if (this.#threads.move(places)) {
      this.#places = places;
      this.#queue.move(places, monotonicNs());
      this.#readValues();
      return [];
    }
    const began = monotonicNs();
    this.#threads.finish((record) => this.#take(record));
    this.#witnesses?.drain();
    const hits = this.#queue.takeAll();
    this.#watch(places);
    this.#threads.gaps.add(began, monotonicNs());
    return hits;
  }

  /** Ends the watching; returns what was still on its way. Totals stay. */
  finish(): WatchHit[] {
    if (this.#done) return [];
    this.#done = true;
    this.#readValues();
    this.#threads.finish((record) => this.#take(record));
    this.#witnesses?.drain();
    return this.#queue.takeAll();
  }

  close(): void {
    this.#done = true;
    this.#threads.close();
    this.#witnesses?.close();
  }

  #watch(places: readonly Place[]): void {
    checkPlaces(places);
    this.#places = places;
    this.#threads.watch(places, (record) => this.#take(record));
    this.#queue = new HitQueue(places, this.#threads.gaps, monotonicNs(), this.#witnesses);
    this.#readValues();
  }

  #take(record: WatchRecord): void {
    if (record.type === 'sample') this.#queue.addSample(record);
    if (record.type !== 'lost') return;
    this.#lost += record.count;
    this.#queue.forgetValues(monotonicNs());
  }

  #readValues(): void {
    for (const place of this.#places) {
      const begun = monotonicNs();
      const bytes = this.#spec.memory.read(place.address, place.length);
      if (bytes !== undefined) this.#queue.addValue(place, bytes, begun, monotonicNs());
    }
  }
}

/** The reason, when it cannot be had; undefined when it is not wanted. */
function openWitnesses(goidOffset: number | undefined): Witnesses | MapauditError | undefined {
  if (goidOffset === undefined) return undefined;
  try {
    return Witnesses.open(goidOffset);
  } catch (error) {
    if (error instanceof MapauditError) return error;
    throw error;
  }
}

function samePlaces(a: readonly Place[], b: readonly Place[]): boolean {
  return (
    a.length === b.length &&
    a.every((place, i) => place.address === b[i]?.address && place.length === b[i].length)
  );
}
