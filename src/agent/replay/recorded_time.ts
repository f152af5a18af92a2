import type { FeedItem } from '../../model/feed.ts';
import type { ApiStatus } from '../../protocol/api.ts';
import type { Recording } from './recording.ts';

/** What time it is in a recording, and how much of it has come by then. Unix milliseconds. */
export class RecordedTime {
  readonly #recording: Recording;
  readonly #began: number;
  #from: number | undefined;
  #to: number | undefined;
  #events = 0;
  #lost = 0;

  constructor(recording: Recording) {
    this.#recording = recording;
    this.#began = Date.parse(recording.about?.began ?? '') || 0;
  }

  /** The end of what has come. */
  get now(): number {
    return this.#to ?? this.#began;
  }

  /** When an item was known: of a window, its end. */
  of(item: FeedItem): number {
    switch (item.type) {
      case 'window':
        return item.window.start + item.window.lengthMs;
      case 'events':
        return Date.parse(item.events.at(-1)?.time ?? '');
      default:
        return item.at;
    }
  }

  take(item: FeedItem): void {
    if (item.type === 'window') {
      this.#span(item.window.start);
      this.#lost += item.window.loss.ringFull;
    }
    if (item.type === 'events') {
      this.#span(Date.parse(item.events[0]?.time ?? ''));
      this.#events += item.events.length;
    }
    // A process may have been met long before anything of it was recorded.
    if (item.type !== 'joined') this.#span(this.of(item));
  }

  /** As a status has it. `whole`: nothing more will come. */
  told(whole: boolean): Pick<ApiStatus, 'now' | 'began' | 'events'> & {
    readonly lost: number;
    readonly recording: NonNullable<ApiStatus['recording']>;
  } {
    const { path, about } = this.#recording;
    const from = this.#from ?? this.#began;
    return {
      now: this.now,
      began: from,
      events: this.#events,
      lost: this.#lost,
      recording: {
        file: path,
        from,
        to: this.now,
        whole,
        ...(about === undefined
          ? {}
          : { mapaudit: about.mapaudit, host: about.host.name, sampled_every: about.recorded.sample }),
      },
    };
  }

  #span(at: number): void {
    if (!Number.isFinite(at)) return;
    this.#from = Math.min(this.#from ?? at, at);
    this.#to = Math.max(this.#to ?? at, at);
  }
}
