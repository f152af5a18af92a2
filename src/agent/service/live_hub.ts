import { isMapauditError, MapauditError } from '../../base/errors.ts';
import type { FeedItem, FeedSink } from '../../model/feed.ts';
import type { Window } from '../../model/window.ts';
import { processId } from '../../model/process_id.ts';
import type { ApiEvent, ApiEventFilter, ApiLive, ApiStatus } from '../../protocol/api.ts';
import type { ApiLiveWant, ApiTotals } from '../../protocol/api_totals.ts';
import { apiEvent, apiFinding, countsByOp } from './api_forms.ts';
import { LiveFilter } from './live_filter.ts';
import { LiveTotals, type TotalsMessage } from './live_totals.ts';

/** In one message. */
const MOST_EVENTS = 1000;
/** Windows and findings that wait for a client that is behind; older ones are in the store. */
const MOST_WAITING = 120;
/** Events come together for so long. */
const TOGETHER_MS = 100;
const STATUS_EVERY_MS = 2000;
/** Totals come to as many clients as there are, but more often than this to some alone. */
const SLOW_MS = 100;
const MOST_QUICK = 16;

/** Gives each client what it wants of the feed, and keeps no more for one that is slow than a client may be given at once. */
export class LiveHub implements FeedSink {
  readonly #clients = new Set<Client>();
  readonly #status: () => ApiStatus;
  readonly #totals: LiveTotals | undefined;
  readonly #timer: NodeJS.Timeout;
  #quick = 0;

  /** `totals` reads the probes; absent where there are none. */
  constructor(status: () => ApiStatus, totals?: () => readonly ApiTotals[]) {
    this.#status = status;
    this.#totals = totals === undefined ? undefined : new LiveTotals(totals);
    this.#timer = setInterval(() => this.#tellStatus(), STATUS_EVERY_MS).unref();
  }

  take(items: readonly FeedItem[]): void {
    if (this.#clients.size === 0) return;
    for (const item of items) {
      if (item.type === 'events') this.#events(item);
      else if (item.type === 'window') for (const client of this.#clients) client.window(item.window);
      else if (item.type === 'finding') {
        const finding = apiFinding(item.finding);
        for (const client of this.#clients) client.add({ type: 'finding', finding });
      } else if (item.type === 'joined' || item.type === 'left') this.#tellStatus();
    }
  }

  close(): Promise<void> {
    clearInterval(this.#timer);
    for (const client of this.#clients) client.end();
    return Promise.resolve();
  }

  /** Errors: `bad-parameter`, `too-many-clients`. */
  live(filter: ApiEventFilter, want: ApiLiveWant, signal: AbortSignal): AsyncIterable<ApiLive> {
    const client = new Client(new LiveFilter(filter), want.events);
    if (isQuick(want) && this.#quick >= MOST_QUICK)
      throw new MapauditError('too-many-clients', `${MOST_QUICK} clients watch totals that closely already`, {
        hint: `Ask for totals=${SLOW_MS}.`,
      });
    client.add({ type: 'status', status: this.#status() });
    return this.#messages(client, want, signal);
  }

  async *#messages(client: Client, want: ApiLiveWant, signal: AbortSignal): AsyncGenerator<ApiLive, void> {
    const end = (): void => client.end();
    const stopTotals = this.#tellTotals(client, want);
    signal.addEventListener('abort', end, { once: true });
    this.#clients.add(client);
    try {
      if (!signal.aborted) yield* client.messages();
    } finally {
      stopTotals();
      this.#clients.delete(client);
      signal.removeEventListener('abort', end);
    }
  }

  #events(item: FeedItem & { type: 'events' }): void {
    const wanting = [...this.#clients].filter((client) => client.wantsEvents);
    if (wanting.length === 0) return;
    const process = processId(item.process);
    const events = item.events.map((event) => apiEvent(event, process));
    for (const client of wanting) client.events(events);
  }

  /** Gives what ends it. A recording has no totals of now. */
  #tellTotals(client: Client, want: ApiLiveWant): () => void {
    const totals = this.#totals;
    if (totals === undefined || want.totalsMs === undefined) return () => undefined;
    const quick = isQuick(want) ? 1 : 0;
    this.#quick += quick;
    const timer = setInterval(() => {
      client.totals(totals.take());
    }, want.totalsMs);
    return () => {
      clearInterval(timer);
      this.#quick -= quick;
    };
  }

  #tellStatus(): void {
    if (this.#clients.size === 0) return;
    const status = this.#status();
    for (const client of this.#clients) client.add({ type: 'status', status });
  }
}

const isQuick = ({ totalsMs }: ApiLiveWant): boolean => totalsMs !== undefined && totalsMs < SLOW_MS;

/** One client, and what waits for it. */
class Client {
  readonly wantsEvents: boolean;
  readonly #filter: LiveFilter;
  #waiting: ApiLive[] = [];
  #events: ApiEvent[] = [];
  #skipped = 0;
  #failed: MapauditError | undefined;
  #hasEnded = false;
  #wake: () => void = () => undefined;

  constructor(filter: LiveFilter, wantsEvents: boolean) {
    this.#filter = filter;
    this.wantsEvents = wantsEvents;
  }

  window(window: Window): void {
    this.#try(() => {
      const counts = countsByOp(window, (count) => this.#filter.count(count));
      const uncounted = (window.uncounted ?? [])
        .map(({ process, ops, ms }) => ({ process: processId(process), ops, ms }))
        .filter(({ process }) => this.#filter.isOf(process));
      this.add({
        type: 'window',
        start: window.start,
        length_ms: window.lengthMs,
        counts,
        ...(uncounted.length === 0 ? {} : { uncounted }),
      });
    });
  }

  totals({ at, processes }: TotalsMessage): void {
    this.add({ type: 'totals', at, processes: this.#filter.totals(processes) });
  }

  /** What was told before of the same kind, and has not been taken, says nothing any more. */
  add(message: ApiLive): void {
    if (message.type === 'status' || message.type === 'totals')
      this.#waiting = this.#waiting.filter(({ type }) => type !== message.type);
    if (this.#waiting.length >= MOST_WAITING) this.#waiting.shift();
    this.#waiting.push(message);
    this.#wake();
  }

  events(events: readonly ApiEvent[]): void {
    this.#try(() => {
      for (const event of events) {
        if (!this.#filter.event(event)) continue;
        if (this.#events.length < MOST_EVENTS) this.#events.push(event);
        else this.#skipped++;
      }
      if (this.#events.length > 0) this.#wake();
    });
  }

  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  async *messages(): AsyncGenerator<ApiLive, void> {
    let last = 0;
    while (!this.#hasEnded) {
      if (this.#failed !== undefined) throw this.#failed;
      const message = this.#waiting.shift();
      if (message !== undefined) {
        yield message;
        continue;
      }
      const wait = this.#events.length === 0 ? undefined : last + TOGETHER_MS - performance.now();
      if (wait === undefined || wait > 0) {
        await this.#rest(wait);
        continue;
      }
      last = performance.now();
      const [events, skipped] = [this.#events, this.#skipped];
      [this.#events, this.#skipped] = [[], 0];
      yield { type: 'events', events, skipped };
    }
  }

  /** Until something comes, or so many milliseconds are over. */
  #rest(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => resolve(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = () => undefined;
        resolve();
      };
    });
  }

  /** A filter that cannot be applied ends this client's stream, and nobody else's. */
  #try(action: () => void): void {
    if (this.#failed !== undefined) return;
    try {
      action();
    } catch (error) {
      if (!isMapauditError(error)) throw error;
      this.#failed = error;
      this.#wake();
    }
  }
}
