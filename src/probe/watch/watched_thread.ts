import { type Closable, CloseStack } from '../../base/dispose.ts';
import {
  type BreakpointAccess,
  type BreakpointSpec,
  moveBreakpoint,
  openBreakpoint,
} from '../../sys/breakpoint.ts';
import type { Fd } from '../../sys/fd.ts';
import { disableEvent, enableEvent, eventCount, shareRing } from '../../sys/perf_event.ts';
import { PerfRing } from '../../sys/perf_ring.ts';
import type { Place } from './place.ts';
import type { Witnesses } from './witness.ts';
import { readRecord, type WatchRecord } from './sample.ts';

/** A ring with less room than the largest record may have lost some already. */
const NEARLY_FULL = 0.9;

/** How every thread is watched. */
export interface ThreadOptions {
  readonly access: BreakpointAccess;
  readonly frames: number;
  /** 4 KiB pages of a thread's ring, a power of two. */
  readonly ringPages: number;
  readonly witnesses?: Witnesses;
}

export type OpenedThread =
  | { readonly ok: true; readonly thread: WatchedThread }
  /** Why the kernel refused the first one that it did. */
  | { readonly ok: false; readonly errno: number; readonly opened: number };

/** The watchpoints of one thread, and the ring that they share. */
export class WatchedThread implements Closable {
  readonly tid: number;
  readonly #events: readonly Fd[];
  readonly #ring: PerfRing;
  readonly #closing: CloseStack;
  readonly #options: ThreadOptions;
  #places: readonly Place[];
  #samples = 0;
  #told = 0;

  private constructor(
    tid: number,
    places: readonly Place[],
    options: ThreadOptions,
    { events, ring, closing }: { events: readonly Fd[]; ring: PerfRing; closing: CloseStack },
  ) {
    this.tid = tid;
    this.#places = places;
    this.#options = options;
    this.#events = events;
    this.#ring = ring;
    this.#closing = closing;
  }

  static open(tid: number, places: readonly Place[], options: ThreadOptions): OpenedThread {
    const closing = new CloseStack();
    const events: Fd[] = [];
    let ring: PerfRing | undefined;
    try {
      for (const { address, length } of places) {
        const result = openBreakpoint(specOf(tid, { address, length }, events.length, options));
        if (!result.ok) {
          closing.close();
          return { ok: false, errno: result.errno, opened: events.length };
        }
        const event = closing.add(result.fd);
        const [owner] = events;
        if (owner === undefined) ring = closing.add(PerfRing.of(event, options.ringPages));
        else shareRing(event, owner);
        if (options.witnesses !== undefined) closing.add(options.witnesses.attach(event));
        events.push(event);
      }
      // Not before the ring and the witness of each are there: a hit without them is half a hit.
      for (const event of events) enableEvent(event);
      if (ring === undefined) throw new Error('internal: a thread is watched at no place');
      return { ok: true, thread: new WatchedThread(tid, places, options, { events, ring, closing }) };
    } catch (error) {
      closing.close();
      throw error;
    }
  }

  /**
   * Lets the watchpoints be at other places, as many as before; those that stay where they are go on all the time. False
   * where the kernel refuses: then some may have moved.
   */
  move(places: readonly Place[]): boolean {
    const isMoved = this.#events.every((event, i) => {
      const [from, to] = [this.#places[i], places[i]];
      if (from === undefined || to === undefined) return false;
      if (from.address === to.address && from.length === to.length) return true;
      return moveBreakpoint(event, specOf(this.tid, to, i, this.#options));
    });
    this.#places = places;
    return isMoved;
  }

  drain(consume: (record: WatchRecord) => void): void {
    const full = this.#ring.drain((raw) => {
      const record = readRecord(raw);
      if (record?.type === 'sample') this.#samples++;
      if (record?.type === 'lost') this.#told += record.count;
      if (record !== undefined) consume(record);
    });
    if (full > NEARLY_FULL) consume({ type: 'lost', count: 0 });
  }

  /** Stops watching, hands over what is left, and tells hits that found the ring full and were not told of yet. */
  finish(consume: (record: WatchRecord) => void): void {
    for (const event of this.#events) disableEvent(event);
    this.drain(consume);
    const hits = this.#events.reduce((sum, event) => sum + eventCount(event), 0);
    const untold = hits - this.#samples - this.#told;
    if (untold > 0) consume({ type: 'lost', count: untold });
  }

  close(): void {
    this.#closing.close();
  }
}

/** The first watchpoint of a thread also tells of the threads that it makes. */
function specOf(
  tid: number,
  { address, length }: Pick<Place, 'address' | 'length'>,
  index: number,
  { access, frames }: ThreadOptions,
): BreakpointSpec {
  return { tid, address, length, access, frames, tasks: index === 0 };
}
