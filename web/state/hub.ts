import type { ApiFinding, ApiLive, ApiStatus } from '../../src/protocol/api.ts';
import type { ApiTotals } from '../../src/protocol/api_totals.ts';
import { ask, AskError } from '../api/ask.ts';
import { watchLive } from '../api/live.ts';

/** Status comes over the live connection too; this is for when it does not. */
const STATUS_EVERY_MS = 5000;

/** A number that changes more often cannot be read. */
const TOTALS_MS = 100;

/** Seconds that the little picture in the header shows. */
const WINDOWS = 60;

/** What every page needs to know of the server. */
export interface HubState {
  readonly status?: ApiStatus;
  readonly link: 'connecting' | 'on' | 'gone';
  /** Why the last question had no answer. */
  readonly trouble?: AskError | undefined;
  /** When the server was last heard, by this machine's clock. */
  readonly heard?: number;
  /** Operations of the last seconds, oldest first. */
  readonly windows: readonly {
    readonly start: number;
    /** Undefined where nothing was counted, to keep to the budget. */
    readonly operations: number | undefined;
    readonly ms: number;
  }[];
  /** Told since the page was opened, newest first. */
  readonly told: readonly ApiFinding[];
}

/** The one connection that tells what goes on, for all that is on the page. */
export class Hub {
  #state: HubState = { link: 'connecting', windows: [], told: [] };
  #stop = new AbortController();
  readonly #watchers = new Set<() => void>();
  /** Operations of each process; kept when it has ended. Apart from the state, since it changes ten times a second. */
  readonly #totals = new Map<string, number>();
  readonly #counters = new Set<() => void>();

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  readonly snapshot = (): HubState => this.#state;

  readonly subscribeCounted = (watcher: () => void): (() => void) => {
    this.#counters.add(watcher);
    return () => this.#counters.delete(watcher);
  };

  /** Operations of the processes that this page has heard of, from when they were watched; undefined where there are none. */
  readonly counted = (): number | undefined =>
    this.#totals.size === 0 ? undefined : [...this.#totals.values()].reduce((sum, count) => sum + count, 0);

  /** The server's clock: a page may be open on a machine whose clock is wrong. */
  now(): number {
    const { status, heard } = this.#state;
    if (status === undefined || heard === undefined) return Date.now();
    // In a recording time stands still where nothing comes.
    return status.recording === undefined ? status.now + (Date.now() - heard) : status.now;
  }

  start(): void {
    this.#stop.abort();
    const stop = new AbortController();
    this.#stop = stop;
    this.#set({ link: 'connecting' });
    void this.#poll(stop.signal);
    void watchLive(
      { totals: TOTALS_MS },
      {
        open: () => this.#set({ link: 'on', trouble: undefined }),
        broken: (trouble) => this.#set({ link: 'gone', trouble }),
        message: (message) => this.#take(message),
      },
      stop.signal,
    );
  }

  stop(): void {
    this.#stop.abort();
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const stale = Date.now() - (this.#state.heard ?? 0) > STATUS_EVERY_MS - 500;
      if (stale && !document.hidden) await this.#askStatus(signal);
      await new Promise((resolve) => setTimeout(resolve, STATUS_EVERY_MS));
    }
  }

  async #askStatus(signal: AbortSignal): Promise<void> {
    try {
      const status = await ask('status', {}, signal);
      this.#set({ status, heard: Date.now(), trouble: undefined });
    } catch (error) {
      if (error instanceof AskError && !signal.aborted)
        this.#set(error.kind === 'gone' ? { link: 'gone', trouble: error } : { trouble: error });
    }
  }

  #take(message: ApiLive): void {
    switch (message.type) {
      case 'status':
        this.#set({ status: message.status, heard: Date.now(), trouble: undefined });
        return;
      case 'window': {
        const counted = message.counts.reduce((sum, { count }) => sum + count, 0);
        const operations = counted === 0 && message.uncounted !== undefined ? undefined : counted;
        const window = { start: message.start, operations, ms: message.length_ms };
        this.#set({ windows: [...this.#state.windows.slice(1 - WINDOWS), window] });
        return;
      }
      case 'finding': {
        const others = this.#state.told.filter(({ id }) => id !== message.finding.id);
        this.#set({ told: [message.finding, ...others].slice(0, 50) });
        return;
      }
      case 'totals':
        for (const { process, counts } of message.processes) this.#totals.set(process, sumOf(counts));
        for (const watcher of this.#counters) watcher();
        return;
      case 'events':
        return;
    }
  }

  #set(changes: Partial<HubState>): void {
    this.#state = { ...this.#state, ...changes };
    for (const watcher of this.#watchers) watcher();
  }
}

const sumOf = (counts: ApiTotals['counts']): number => counts.reduce((sum, { count }) => sum + count, 0);
