import { messageOf } from '../../base/errors.ts';
import type { FeedItem } from '../../model/feed.ts';
import type { ApiQuestions } from '../../protocol/api.ts';
import type { ApiTotals } from '../../protocol/api_totals.ts';
import type { ServeOptions, Service } from '../../protocol/serve.ts';
import { keptQuestions } from '../../query/stored/index.ts';
import { keptFor, openStore, type Store, type StoreOptions } from '../../store/index.ts';
import { type FeedSeries, feedSeries } from '../../export/series/feed_series.ts';
import { prometheusSink } from '../../export/prometheus/index.ts';
import type { RulesFile } from '../../rules/index.ts';
import { ownVersion } from '../record/host.ts';
import { rulesOf } from '../rules/rules.ts';
import { RunClock } from '../run_clock.ts';
import { type Judging, judging } from './judging.ts';
import { layoutOf } from './layout.ts';
import { LiveHub } from './live_hub.ts';
import { NoticeBook } from './notice_book.ts';
import type { ServedRun } from './served_run.ts';
import { type NamedSink, SinkQueue } from './sink_queue.ts';
import { StatusBook } from './status_book.ts';
import { Watcher } from './watcher.ts';

/** How long everything is kept where no file was named. */
const MEMORY_MS = 3_600_000;

/**
 * Watches processes, and gives what it sees to all that keep, judge and show it. Errors: of one process those of
 * attaching; those of `openStore` and of rules. Nothing is left in place then.
 */
export async function startService(options: ServeOptions): Promise<Service> {
  const rules = rulesOf(options.rules);
  const notices = new NoticeBook();
  const store = await openStore({
    ...storeOptionsOf(options),
    say: ({ at, code, message, hint }) => notices.say(message, hint, { at, code }),
  });
  const series = feedSeries();
  let exporters: readonly NamedSink[] = [];
  try {
    exporters = await exportersOf(options, series, (message) => notices.say(message));
    return new RunningService(options, { rules, store, notices, series, exporters });
  } catch (error) {
    await Promise.all(exporters.map(({ sink }) => sink.close()));
    await store.close();
    throw error;
  }
}

function storeOptionsOf({ store, storeSize, keepMs = Infinity }: ServeOptions): StoreOptions {
  if (store === undefined) return { memory: true, retention: keptFor(Math.min(keepMs, MEMORY_MS)) };
  return {
    path: store,
    retention: keptFor(keepMs),
    ...(storeSize === undefined ? {} : { sizeLimit: storeSize }),
  };
}

/** What a service is made of. */
interface Parts {
  readonly rules: RulesFile;
  readonly store: Store;
  readonly notices: NoticeBook;
  /** Of all that export metrics. */
  readonly series: FeedSeries;
  readonly exporters: readonly NamedSink[];
}

/** Error: `otlp-endpoint`. */
async function exportersOf(
  { otlp }: ServeOptions,
  series: FeedSeries,
  say: (trouble: string) => void,
): Promise<readonly NamedSink[]> {
  if (otlp === undefined) return [];
  const { startOtlp } = await import('../../export/otlp/index.ts');
  const sink = await startOtlp({ endpoint: otlp, version: ownVersion(), series, say });
  return [{ name: 'OTLP', sink }];
}

class RunningService implements Service {
  readonly questions: ApiQuestions;
  readonly metrics: Service['metrics'];
  readonly version = ownVersion();
  readonly notices: Service['notices'];
  readonly #store: Store;
  readonly #book: NoticeBook;
  readonly #status: StatusBook;
  readonly #sinks: readonly SinkQueue[];
  readonly #judging: Judging;
  readonly #watcher: Watcher;
  readonly #ending = new AbortController();
  readonly #ended = new AbortController();
  readonly #run: Promise<void>;
  readonly #unread = new WeakSet<ServedRun>();
  #pending: FeedItem[] = [];
  #hasBegun = false;
  #closing: Promise<void> | undefined;

  constructor(options: ServeOptions, { rules, store, notices: book, series, exporters }: Parts) {
    this.#store = store;
    this.#book = book;
    this.notices = book.follow(this.#ended.signal);
    const say = (message: string, hint?: string, code?: string): void => book.say(message, hint, { code });
    this.#status = new StatusBook({
      version: this.version,
      notices: () => book.all,
      store: () => storeStatus(store),
      dropped: () => this.#sinks.map(({ name, dropped }) => ({ sink: name, dropped })),
      toCome: () => this.#watcher.toCome,
    });
    const hub = new LiveHub(
      () => this.#status.status(),
      () => this.#totals(),
    );
    const prometheus = prometheusSink(series);
    this.#judging = judging(rules, (told) => this.#tell([told]), say);
    const sinks: readonly NamedSink[] = [
      { name: 'the store', sink: store },
      this.#judging.sink,
      { name: '/metrics', sink: prometheus },
      { name: 'the live view', sink: hub },
      ...exporters,
    ];
    this.#sinks = sinks.map((sink) => new SinkQueue(sink, say));
    this.metrics = (accept) => prometheus.text(accept);
    this.questions = {
      ...keptQuestions(store),
      status: () => this.#status.status(),
      layout: (process, map) => layoutOf(this.#watcher.runs, process, map),
      live: (filter, want, signal) => hub.live(filter, want, signal),
    };
    try {
      this.#watcher = new Watcher(options, {
        tell: (items) => this.#tell(items),
        say,
        dropped: (process) => this.#sinks.reduce((sum, sink) => sum + sink.droppedOf(process), 0),
      });
    } catch (error) {
      // Nothing waits in them: that they end need not be waited for.
      void hub.close();
      void this.#judging.close();
      throw error;
    }
    this.#run = this.#loop();
  }

  begin(): void {
    this.#hasBegun = true;
  }

  fault(error: unknown): void {
    this.#book.say(`a fault of mapaudit itself: ${messageOf(error)}`);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** One whose counters cannot be read is left out, and told once. */
  #totals(): readonly ApiTotals[] {
    return this.#watcher.runs.flatMap((run) => {
      if (this.#unread.has(run)) return [];
      try {
        return [run.totals()];
      } catch (error) {
        this.#unread.add(run);
        this.fault(error);
        return [];
      }
    });
  }

  /** Delivered together: what rules find within a batch comes after it. */
  #tell(items: readonly FeedItem[]): void {
    if (items.length === 0) return;
    this.#pending.push(...items);
  }

  #deliver(): void {
    const items = this.#pending;
    if (items.length === 0) return;
    this.#pending = [];
    this.#status.take(items);
    this.#judging.act(items);
    for (const sink of this.#sinks) sink.put(items);
  }

  async #loop(): Promise<void> {
    const clock = new RunClock(undefined, this.#ending.signal);
    let [saidOver, saidNone] = [false, false];
    this.#deliver();
    while (!this.#ending.signal.aborted) {
      const began = performance.now();
      try {
        this.#watcher.step();
        if (clock.isTimeToLook) await this.#watcher.look();
        if (this.#hasBegun) this.#watcher.attachSome();
      } catch (error) {
        this.fault(error);
      }
      this.#deliver();
      const { isOver, toCome, runs } = this.#watcher;
      if (this.#hasBegun && !saidNone && toCome === 0) {
        saidNone = true;
        if (runs.length === 0 && !isOver)
          this.#book.say('no process that is meant runs yet; waiting for one');
      }
      if (isOver && !saidOver) {
        saidOver = true;
        this.#book.say('the program has ended; what was seen can still be asked for, Ctrl-C ends');
      }
      await clock.tick(this.#watcher.fill, performance.now() - began);
    }
  }

  async #close(): Promise<void> {
    this.#ending.abort();
    await this.#run;
    // What fails there is told, and what was delivered before is kept.
    await this.#watcher.finish().catch((error: unknown) => this.fault(error));
    this.#deliver();
    const [store, ...others] = this.#sinks;
    // What is found in the last window is kept too.
    await Promise.all(others.map((sink) => sink.close()));
    this.#deliver();
    await this.#judging.close();
    await store?.close();
    this.#ended.abort();
  }
}

function storeStatus(store: Store): { bytes: number; oldest?: number; trouble?: string } {
  const { bytes, oldest, trouble } = store;
  return {
    bytes,
    ...(oldest === undefined ? {} : { oldest }),
    ...(trouble === undefined ? {} : { trouble }),
  };
}
