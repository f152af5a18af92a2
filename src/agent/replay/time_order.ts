import type { FeedItem } from '../../model/feed.ts';

/** Sections of a recording hold a second each: what lies in another one is at most so much apart. */
const HELD_MS = 3000;

/** Puts the items of a recording, which come section by section, into the order of their time. */
export class TimeOrder {
  #newest = 0;
  #held: { readonly at: number; readonly item: FeedItem }[] = [];

  /** Unix milliseconds. */
  get newest(): number {
    return this.#newest;
  }

  put(at: number, item: FeedItem): void {
    this.#newest = Math.max(this.#newest, at);
    this.#held.push({ at, item });
  }

  /** What nothing can come before any more. */
  take(): readonly FeedItem[] {
    return this.#upTo(this.#newest - HELD_MS);
  }

  rest(): readonly FeedItem[] {
    return this.#upTo(Infinity);
  }

  #upTo(until: number): readonly FeedItem[] {
    const due = this.#held.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
    this.#held = this.#held.filter(({ at }) => at > until);
    return due.map(({ item }) => item);
  }
}
