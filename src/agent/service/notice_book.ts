import type { ServiceNotice } from '../../protocol/serve.ts';

/** What the page shows. */
const MOST = 100;
/** The same again within this says nothing new. */
const AGAIN_MS = 60_000;

interface Said {
  readonly code?: string | undefined;
  /** Unix milliseconds. */
  readonly at?: number;
  /** CLOCK_MONOTONIC, milliseconds. */
  readonly now?: number;
}

/** What the user should know, newest last. The same is told once a minute at most. */
export class NoticeBook {
  readonly #told = new Map<string, number>();
  readonly #listeners = new Set<(notice: ServiceNotice) => void>();
  #notices: readonly ServiceNotice[] = [];

  get all(): readonly ServiceNotice[] {
    return this.#notices;
  }

  say(message: string, hint?: string, { code, at = Date.now(), now = performance.now() }: Said = {}): void {
    if (now - (this.#told.get(message) ?? -Infinity) < AGAIN_MS) return;
    if (this.#told.size > 10 * MOST) this.#told.clear();
    this.#told.set(message, now);
    const notice = {
      at,
      ...(code === undefined ? {} : { code }),
      message,
      ...(hint === undefined ? {} : { hint }),
    };
    this.#notices = [...this.#notices.slice(-(MOST - 1)), notice];
    for (const listener of this.#listeners) listener(notice);
  }

  /** All there are, and those to come, until the signal is aborted. */
  async *follow(signal: AbortSignal): AsyncGenerator<ServiceNotice, void> {
    const waiting = [...this.#notices];
    let wake: () => void = () => undefined;
    const listener = (notice: ServiceNotice): void => {
      waiting.push(notice);
      wake();
    };
    const stop = (): void => wake();
    this.#listeners.add(listener);
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted || waiting.length > 0) {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) yield next;
        if (signal.aborted) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener('abort', stop);
    }
  }
}
