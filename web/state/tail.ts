import type { ApiEvent } from '../../src/protocol/api.ts';
import type { AskError, Params } from '../api/ask.ts';
import { watchLive } from '../api/live.ts';

/** As many events as can be scrolled through. */
export const CAPACITY = 5000;

/** An event and its number since the page began to listen. */
export interface Numbered {
  readonly n: number;
  readonly event: ApiEvent;
}

/** What is seen of the tail. `received` and `skipped` together are all that matched. */
export interface TailState {
  /** Newest first. */
  readonly events: readonly Numbered[];
  readonly received: number;
  /** Matched, but too many for the server to send. */
  readonly skipped: number;
  /** Received while the list stands still, and not in it yet. */
  readonly waiting: number;
  readonly error?: AskError | undefined;
  readonly open: boolean;
}

const NOTHING: TailState = { events: [], received: 0, skipped: 0, waiting: 0, open: false };

/**
 * Events as they come. Any number of messages changes the picture once a frame at most, and no more than the newest
 * events are kept; what is counted is counted in full.
 */
export class Tail {
  #state: TailState = NOTHING;
  /** A ring: event n stands at n % CAPACITY. */
  #ring: ApiEvent[] = [];
  #received = 0;
  #skipped = 0;
  /** The list shows events up to this one while it stands still. */
  #still: number | undefined;
  #frame: number | undefined;
  readonly #watchers = new Set<() => void>();

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  readonly snapshot = (): TailState => this.#state;

  /** Listens until the signal says so; what came from another filter goes away. */
  listen(params: Params, signal: AbortSignal): void {
    this.#ring = [];
    this.#received = 0;
    this.#skipped = 0;
    this.#still = this.#still === undefined ? undefined : 0;
    this.#set(NOTHING);
    void watchLive(
      { ...params, events: 1 },
      {
        open: () => this.#set({ ...this.#state, open: true, error: undefined }),
        broken: (error) => this.#set({ ...this.#state, open: false, error }),
        message: (message) => {
          if (message.type === 'events') this.take(message.events, message.skipped);
        },
      },
      signal,
    );
  }

  take(events: readonly ApiEvent[], skipped: number): void {
    for (const event of events) this.#ring[this.#received++ % CAPACITY] = event;
    this.#skipped += skipped;
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#show();
    });
  }

  /** Whether the list goes on with what comes. */
  stand(still: boolean): void {
    this.#still = still ? (this.#still ?? this.#received) : undefined;
    this.#show();
  }

  #show(): void {
    const end = Math.min(this.#still ?? this.#received, this.#received);
    const first = Math.max(0, this.#received - CAPACITY);
    // What stands still keeps the objects that it shows, however many come meanwhile.
    const isKept = this.#still !== undefined && this.#state.events[0]?.n === end - 1;
    const events = isKept ? this.#state.events : this.#newest(first, end);
    this.#set({
      ...this.#state,
      events,
      received: this.#received,
      skipped: this.#skipped,
      waiting: this.#received - end,
    });
  }

  #newest(first: number, end: number): Numbered[] {
    const events: Numbered[] = [];
    for (let n = end - 1; n >= first; n--) {
      const event = this.#ring[n % CAPACITY];
      if (event !== undefined) events.push({ n, event });
    }
    return events;
  }

  #set(state: TailState): void {
    this.#state = state;
    for (const watcher of this.#watchers) watcher();
  }
}
