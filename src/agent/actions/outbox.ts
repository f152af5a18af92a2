import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../base/errors.ts';

/** How an outbox behaves. Times are milliseconds. */
export interface OutboxLimits {
  /** Messages that wait at most. */
  readonly most: number;
  /** Waits so long before the second try, then twice as long each time, up to `longestWaitMs`. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** Tries of one message. */
  readonly tries: number;
  /** What is not delivered so long after `close` is given up. */
  readonly closeMs: number;
}

export const LIMITS: OutboxLimits = {
  most: 1000,
  firstWaitMs: 1000,
  longestWaitMs: 60_000,
  tries: 12,
  closeMs: 5000,
};

/** What came of the messages so far. */
export interface Delivery {
  readonly delivered: number;
  /** Tries that failed and were followed by another. */
  readonly retried: number;
  /** Given up: refused, tried too often, or no room. */
  readonly dropped: number;
}

/** A try that makes no sense to repeat. Its message holds no secret. */
export class Refused extends Error {}

/** Delivers messages one after the other, in order, and tries again what failed. */
export class Outbox<T> {
  readonly #send: (message: T, signal: AbortSignal) => Promise<void>;
  readonly #say: (trouble: string) => void;
  readonly #limits: OutboxLimits;
  readonly #waiting: T[] = [];
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #counts = { delivered: 0, retried: 0, dropped: 0 };

  /** `say` gets what went wrong, in words without secrets. */
  constructor(
    send: (message: T, signal: AbortSignal) => Promise<void>,
    say: (trouble: string) => void,
    limits: OutboxLimits = LIMITS,
  ) {
    this.#send = send;
    this.#say = say;
    this.#limits = limits;
  }

  get delivery(): Delivery {
    return { ...this.#counts };
  }

  put(message: T): void {
    if (this.#stop.signal.aborted || this.#waiting.length >= this.#limits.most) {
      // What waits is older and has been promised: the new one is the one that is left out.
      if (this.#counts.dropped++ === 0)
        this.#say(`${this.#limits.most} messages wait: new ones are left out`);
      return;
    }
    this.#waiting.push(message);
    this.#running ??= this.#run();
  }

  /** Delivers what waits, if that can be done soon. */
  async close(): Promise<Delivery> {
    if (this.#running !== undefined) {
      const late = new AbortController();
      const timer = sleep(this.#limits.closeMs, undefined, { signal: late.signal, ref: false }).then(
        () => this.#stop.abort(),
        () => undefined,
      );
      await this.#running;
      late.abort();
      await timer;
    }
    this.#stop.abort();
    this.#counts.dropped += this.#waiting.length;
    this.#waiting.length = 0;
    return this.delivery;
  }

  async #run(): Promise<void> {
    for (let message = this.#waiting.shift(); message !== undefined; message = this.#waiting.shift()) {
      const isDelivered = await this.#deliver(message);
      if (isDelivered) this.#counts.delivered++;
      else this.#counts.dropped++;
      if (this.#stop.signal.aborted) break;
    }
    this.#running = undefined;
  }

  async #deliver(message: T): Promise<boolean> {
    const { firstWaitMs, longestWaitMs, tries } = this.#limits;
    for (let i = 1; ; i++) {
      try {
        await this.#send(message, this.#stop.signal);
        return true;
      } catch (error) {
        const isLast = error instanceof Refused || i >= tries || this.#isStopped();
        this.#say(`${messageOf(error)}${isLast ? '; given up' : '; will be tried again'}`);
        if (isLast) return false;
        this.#counts.retried++;
        const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** (i - 1));
        await sleep(wait, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
        if (this.#isStopped()) return false;
      }
    }
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }
}
