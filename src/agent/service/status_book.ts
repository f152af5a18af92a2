import type { Cost, FeedItem, ServedProcess } from '../../model/feed.ts';
import { processId } from '../../model/process_id.ts';
import { API_VERSION, type ApiProcess, type ApiStatus } from '../../protocol/api.ts';
import type { ServiceNotice } from '../../protocol/serve.ts';
import { apiCost, apiProcess } from './api_forms.ts';

/** Processes that have gone and are still told of. */
const MOST_GONE = 100;

interface Watched {
  readonly process: ServedProcess;
  readonly joined: number;
  cost?: Cost;
}

/** What else stands in a status. */
export interface StatusParts {
  readonly version: string;
  readonly notices: () => readonly ServiceNotice[];
  readonly store: () => ApiStatus['store'];
  /** What sinks did not take, by the name of each. */
  readonly dropped: () => readonly { readonly sink: string; readonly dropped: number }[];
  /** Processes that were found and are still to be looked at. */
  readonly toCome: () => number;
}

/** What runs and what it costs, from the feed. */
export class StatusBook {
  readonly #began = Date.now();
  readonly #parts: StatusParts;
  readonly #watched = new Map<string, Watched>();
  #gone: ApiProcess[] = [];
  #goneEvents = 0;
  #goneLost = 0;

  constructor(parts: StatusParts) {
    this.#parts = parts;
  }

  take(items: readonly FeedItem[]): void {
    for (const item of items) {
      if (item.type === 'joined')
        this.#watched.set(processId(item.process), { process: item.process, joined: item.at });
      else if (item.type === 'cost') {
        const watched = this.#watched.get(processId(item.process));
        if (watched !== undefined) watched.cost = item;
      } else if (item.type === 'left') this.#leave(processId(item.process), item.at);
    }
  }

  status(): ApiStatus {
    const watched = [...this.#watched.values()];
    const sum = (of: (cost: Cost) => number): number =>
      watched.reduce((total, { cost }) => total + (cost === undefined ? 0 : of(cost)), 0);
    const store = this.#parts.store();
    const sinks = this.#parts.dropped();
    const toCome = this.#parts.toCome();
    return {
      type: 'status',
      version: this.#parts.version,
      api: API_VERSION,
      now: Date.now(),
      began: this.#began,
      processes: [...watched.map(({ process, joined }) => apiProcess(process, joined)), ...this.#gone],
      ...(toCome === 0 ? {} : { to_come: toCome }),
      cost: watched.flatMap(({ cost }) => (cost === undefined ? [] : [apiCost(cost)])),
      events: this.#goneEvents + sum(({ events }) => events),
      lost: {
        ring_full: this.#goneLost + sum(({ lost }) => lost.ringFull),
        output_slow: sinks.reduce((total, { dropped }) => total + dropped, 0),
        sinks,
      },
      ...(store === undefined ? {} : { store }),
      notices: this.#parts.notices(),
    };
  }

  #leave(id: string, at: number): void {
    const watched = this.#watched.get(id);
    if (watched === undefined) return;
    this.#watched.delete(id);
    this.#goneEvents += watched.cost?.events ?? 0;
    this.#goneLost += watched.cost?.lost.ringFull ?? 0;
    this.#gone = [apiProcess(watched.process, watched.joined, at), ...this.#gone].slice(0, MOST_GONE);
  }
}
