import type { Closable } from '../../base/dispose.ts';
import type { MapauditError } from '../../base/errors.ts';
import type { Pid } from '../../model/ids.ts';
import { monotonicNs } from '../../sys/clock.ts';
import { ERRNO } from '../../sys/errno.ts';
import { threadsOf } from '../../sys/proc/threads.ts';
import { watchError } from './errors.ts';
import { Gaps } from './gaps.ts';
import type { Place } from './place.ts';
import type { WatchRecord } from './sample.ts';
import { type ThreadOptions, WatchedThread } from './watched_thread.ts';

/** Between two looks for threads that nobody told of: often while a program starts them, seldom later. */
const FIRST_LOOK_MS = 10;
const LAST_LOOK_MS = 200;

/** More rounds than threads can be born in: one that has new ones each time is at the next look. */
const MOST_ROUNDS = 50;

/** The watched threads of one process. */
export class ThreadSet implements Closable {
  readonly gaps = new Gaps();
  readonly #pid: Pid;
  readonly #options: ThreadOptions;
  readonly #threads = new Map<number, WatchedThread>();
  #places: readonly Place[] = [];
  #lookEveryMs = FIRST_LOOK_MS;
  #looked = 0;
  #born = false;
  #started = false;
  /** All threads that were there at this moment are watched. */
  #complete = 0n;
  readonly #seen = new Set<number>();
  /** New threads that the kernel does not let us watch at the moment, and why. */
  readonly #refused = new Set<number>();
  #refusal: MapauditError | undefined;

  constructor(pid: Pid, options: ThreadOptions) {
    this.#pid = pid;
    this.#options = options;
  }

  /** Threads that are watched now. */
  get size(): number {
    return this.#threads.size;
  }

  /** Why some threads are not watched now although they are there. */
  get refusal(): MapauditError | undefined {
    return this.#refused.size === 0 ? undefined : this.#refusal;
  }

  /** Threads that were watched, ever. */
  get seen(): number {
    return this.#seen.size;
  }

  /**
   * Watches these places in all threads, and no others any more. What the old watchpoints had seen is handed to
   * `consume`. Returns when every thread is watched; throws when one cannot be.
   */
  watch(places: readonly Place[], consume: (record: WatchRecord) => void): void {
    this.finish(consume);
    this.#places = places;
    this.#started = false;
    this.look();
    this.#started = true;
  }

  /**
   * Lets the watchpoints of all threads be at other places. False where that cannot be done to each as it stands: then
   * `watch` must set all anew.
   */
  move(places: readonly Place[]): boolean {
    if (places.length !== this.#places.length) return false;
    this.#places = places;
    return [...this.#threads.values()].every((thread) => thread.move(places));
  }

  /** A look is due: the time has come, or a thread has been born. */
  get isTimeToLook(): boolean {
    return this.#born || this.gaps.isOpen || performance.now() - this.#looked >= this.#lookEveryMs;
  }

  /**
   * Finds threads that are not watched yet. It is over when a look finds none: all that come after it are made
   * by watched threads, and the kernel tells of each.
   */
  look(): void {
    this.#born = false;
    let found = 0;
    for (let round = 0; round < MOST_ROUNDS && this.#places.length > 0; round++) {
      const began = monotonicNs();
      const fresh = (threadsOf(this.#pid) ?? []).filter((tid) => !this.#threads.has(tid));
      this.#refused.clear();
      const added = fresh.filter((tid) => this.#add(tid)).length;
      found += added;
      if (added === 0) {
        this.gaps.endAll(began, this.#refused);
        this.#complete = began;
        break;
      }
    }
    this.#lookEveryMs = found > 0 ? FIRST_LOOK_MS : Math.min(2 * this.#lookEveryMs, LAST_LOOK_MS);
    this.#looked = performance.now();
  }

  /** Hands over what all threads did. */
  drain(consume: (record: WatchRecord) => void): void {
    const gone: number[] = [];
    for (const thread of this.#threads.values())
      thread.drain((record) => {
        if (record.type === 'exit' && record.tid === thread.tid) gone.push(thread.tid);
        this.#note(record);
        consume(record);
      });
    for (const tid of gone) {
      const thread = this.#threads.get(tid);
      thread?.finish(consume);
      thread?.close();
      this.#threads.delete(tid);
    }
  }

  /** Stops watching; the rest is handed over. */
  finish(consume: (record: WatchRecord) => void): void {
    for (const thread of this.#threads.values()) {
      thread.finish(consume);
      thread.close();
    }
    this.#threads.clear();
  }

  close(): void {
    for (const thread of this.#threads.values()) thread.close();
    this.#threads.clear();
  }

  #note(record: WatchRecord): void {
    if (record.type !== 'fork' || record.pid !== this.#pid || this.#threads.has(record.tid)) return;
    this.gaps.begin(record.tid, record.time);
    this.#born = true;
  }

  #add(tid: number): boolean {
    const result = WatchedThread.open(tid, this.#places, this.#options);
    if (!result.ok) {
      if (result.errno === ERRNO.ESRCH) return false;
      this.#refusal = watchError(result.errno, this.#places.length);
      if (!this.#started) throw this.#refusal;
      this.gaps.begin(tid, this.#complete);
      this.#refused.add(tid);
      return false;
    }
    if (this.#started) this.gaps.begin(tid, this.#complete);
    this.#threads.set(tid, result.thread);
    this.#seen.add(tid);
    return true;
  }
}
