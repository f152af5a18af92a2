import { MapauditError, messageOf } from '../../base/errors.ts';
import { prometheusSink } from '../../export/prometheus/index.ts';
import { feedSeries } from '../../export/series/feed_series.ts';
import type { FeedItem, FeedSink } from '../../model/feed.ts';
import type { ApiQuestions, ApiStatus } from '../../protocol/api.ts';
import type { ServeOptions, Service } from '../../protocol/serve.ts';
import { keptQuestions } from '../../query/stored/index.ts';
import { type RulesFile, rulesSink } from '../../rules/index.ts';
import { FOREVER, openStore, type Store } from '../../store/index.ts';
import { ownVersion } from '../record/host.ts';
import { rulesOf } from '../rules/rules.ts';
import type { Notice } from '../../protocol/notice.ts';
import { LiveHub } from '../service/live_hub.ts';
import { NoticeBook } from '../service/notice_book.ts';
import { StatusBook } from '../service/status_book.ts';
import { recordingFeed } from './feed_of.ts';
import { Pace } from './pace.ts';
import { RecordedTime } from './recorded_time.ts';
import type { Recording } from './recording.ts';

/**
 * `serve` of a recording: the API of a service over what was recorded, judged by rules, kept in memory. Without a speed
 * all of it is there when this resolves; with one it comes as it did. Errors: those of rules and of the recording.
 */
export async function replayService(
  recording: Recording,
  options: ServeOptions,
  speed: number | undefined,
): Promise<Service> {
  const rules = rulesOf(options.rules);
  const time = new RecordedTime(recording);
  const store = await openStore({ memory: true, retention: FOREVER, now: () => time.now });
  const service = new RecordedService(recording, rules, store, time);
  try {
    const run = service.run(speed);
    if (speed === undefined) await run;
    return service;
  } catch (error) {
    await service.close();
    throw error;
  }
}

class RecordedService implements Service {
  readonly questions: ApiQuestions;
  readonly metrics: Service['metrics'];
  readonly version = ownVersion();
  readonly notices: Service['notices'];
  readonly #recording: Recording;
  readonly #time: RecordedTime;
  readonly #store: Store;
  readonly #book = new NoticeBook();
  readonly #status: StatusBook;
  readonly #rules: FeedSink;
  /** What takes the feed beside the rules, and what they find in it. */
  readonly #sinks: readonly FeedSink[];
  readonly #ending = new AbortController();
  readonly #ended = new AbortController();
  #found: FeedItem[] = [];
  #whole = false;
  #running: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(recording: Recording, rules: RulesFile, store: Store, time: RecordedTime) {
    this.#recording = recording;
    this.#time = time;
    this.#store = store;
    this.notices = this.#book.follow(this.#ended.signal);
    this.#status = new StatusBook({
      version: this.version,
      notices: () => this.#book.all,
      store: () => ({ bytes: store.bytes }),
      dropped: () => [],
      toCome: () => 0,
    });
    const hub = new LiveHub(() => this.#told());
    const prometheus = prometheusSink(feedSeries());
    this.#rules = rulesSink(rules.rules, (told) => this.#found.push(told));
    this.#sinks = [store, prometheus, hub];
    this.metrics = (accept) => prometheus.text(accept);
    this.questions = {
      ...keptQuestions(store, { now: () => time.now }),
      status: () => this.#told(),
      layout: () => Promise.reject(noMemory(recording.path)),
      live: (filter, want, signal) => hub.live(filter, want, signal),
    };
    if (rules.actions.length > 0)
      this.#book.say(
        `the actions of ${rules.path} are not done: what was recorded is over`,
        'mapaudit serve -p PID does them.',
      );
  }

  /** Resolves when all of the recording is there, or when it is closed. Errors: those of `recordingFeed`. */
  run(speed: number | undefined): Promise<void> {
    const run = this.#read(new Pace(speed, this.#ending.signal));
    // Whoever does not wait for it reads of a failure in the notices.
    this.#running = run.catch((error: unknown) =>
      this.#book.say(`reading the recording failed: ${messageOf(error)}`),
    );
    return run;
  }

  /** It reads by itself. */
  begin(): void {
    // Nothing is looked for.
  }

  fault(error: unknown): void {
    this.#book.say(`a fault of mapaudit itself: ${messageOf(error)}`);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #read(pace: Pace): Promise<void> {
    const say = ({ message, hint, code }: Notice): void =>
      this.#book.say(message, hint, code === 'clock-set' ? { code } : {});
    for await (const items of recordingFeed(this.#recording.path, say)) {
      // Item by item, so that what is live comes at its time.
      for (const item of items) {
        await pace.until(this.#time.of(item));
        if (pace.ended) return;
        this.#time.take(item);
        await this.#deliver(item);
      }
    }
    this.#whole = true;
    await this.#store.upkeep();
  }

  async #deliver(item: FeedItem): Promise<void> {
    await this.#rules.take([item]);
    const items = [item, ...this.#found.splice(0)];
    this.#status.take(items);
    for (const sink of this.#sinks) await sink.take(items);
  }

  #told(): ApiStatus {
    const { recording, events, lost, ...at } = this.#time.told(this.#whole);
    return {
      ...this.#status.status(),
      ...at,
      events,
      lost: { ring_full: lost, output_slow: 0, sinks: [] },
      recording,
    };
  }

  async #close(): Promise<void> {
    this.#ending.abort();
    await this.#running;
    for (const sink of [this.#rules, ...this.#sinks]) await sink.close();
    this.#ended.abort();
  }
}

const noMemory = (path: string): MapauditError =>
  new MapauditError('not-there', `${path} is a recording: the memory of the process is not in it`, {
    hint: 'How the slots of a map are filled is shown of a program that runs: mapaudit serve -p PID.',
  });
