import { messageOf } from '../../base/errors.ts';
import type { FeedItem, FeedSink } from '../../model/feed.ts';
import { processId } from '../../model/process_id.ts';
import type { ProcessRef } from '../../model/window.ts';

/** A sink, by the name under which its trouble is told. */
export interface NamedSink {
  readonly name: string;
  readonly sink: FeedSink;
}

/** Events that may wait for a slow sink; what comes beyond is dropped there, and counted. */
const MOST_EVENTS = 200_000;
/** Other items are few, and what makes counts exact: minutes of them may wait. */
const MOST_ITEMS = 20_000;

/**
 * The feed's way to one sink: in order, one batch at a time, and without anybody waiting for it. What it throws is told
 * and ends nothing.
 */
export class SinkQueue {
  readonly #sink: FeedSink;
  readonly #name: string;
  readonly #say: (message: string, hint?: string) => void;
  #waiting: FeedItem[] = [];
  #events = 0;
  #dropped = 0;
  readonly #droppedOf = new Map<string, number>();
  #busy: Promise<void> | undefined;

  constructor({ name, sink }: NamedSink, say: (message: string, hint?: string) => void) {
    this.#name = name;
    this.#sink = sink;
    this.#say = say;
  }

  /** Events and other items that it did not get because it was too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  get name(): string {
    return this.#name;
  }

  /** Events of one process among them. */
  droppedOf(process: ProcessRef): number {
    return this.#droppedOf.get(processId(process)) ?? 0;
  }

  put(items: readonly FeedItem[]): void {
    for (const item of items) this.#add(item);
    this.#busy ??= this.#run();
  }

  /** Delivers what waits, and closes the sink. */
  async close(): Promise<void> {
    await this.#busy;
    await this.#try(() => this.#sink.close());
  }

  #add(item: FeedItem): void {
    if (item.type === 'left') this.#droppedOf.delete(processId(item.process));
    const events = item.type === 'events' ? item.events.length : 0;
    const isFull =
      item.type === 'events' ? this.#events + events > MOST_EVENTS : this.#waiting.length >= MOST_ITEMS;
    if (!isFull) {
      this.#events += events;
      this.#waiting.push(item);
      return;
    }
    this.#dropped += Math.max(1, events);
    if (item.type === 'events')
      this.#droppedOf.set(processId(item.process), this.droppedOf(item.process) + events);
    this.#say(
      `${this.#name} takes what is seen too slowly: a part of it is left out there`,
      'The counters of the other parts are exact all the same.',
    );
  }

  async #run(): Promise<void> {
    // What comes in one turn goes as one batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const items = this.#waiting;
      this.#waiting = [];
      this.#events = 0;
      await this.#try(() => this.#sink.take(items));
    }
    this.#busy = undefined;
  }

  async #try(action: () => void | Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#say(`${this.#name} failed: ${messageOf(error)}`);
    }
  }
}
