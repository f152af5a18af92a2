import type { ServedEvent } from '../../model/feed.ts';
import type { SiteRef, WindowCount } from '../../model/window.ts';

interface Known {
  found: number;
  notFound: number;
  removed: number;
}

/**
 * What events tell of counts: whether keys were found, and how much clears removed. Counters are read at another moment
 * than events come, so what does not fit a count yet waits for the next window: sums are right, and no window says more
 * than it counted.
 */
export class FoundCounts {
  #known = new Map<string, Known>();
  #forgotten = 0;

  /** Operations so far of which it was known whether their key was there, and which were too many to keep. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Of events without gaps: each stands for one operation. */
  add(events: readonly ServedEvent[]): void {
    for (const { op, map, caller, found, removed } of events) {
      if (found === undefined && removed === undefined) continue;
      const known = this.#of(nameOf(op, map.type, map.address, caller));
      if (found === true) known.found++;
      if (found === false) known.notFound++;
      known.removed += removed ?? 0;
    }
  }

  /** The counts of a window, with what is known of them. */
  fill(counts: readonly WindowCount[]): WindowCount[] {
    return counts.map((count) => {
      const known = this.#known.get(nameOf(count.op, count.mapType, count.mapAddress, count.site));
      if (known === undefined) return count;
      const found = Math.min(known.found, count.count);
      const notFound = Math.min(known.notFound, count.count - found);
      const { removed } = known;
      known.found -= found;
      known.notFound -= notFound;
      known.removed = 0;
      return { ...count, found, notFound, removed };
    });
  }

  /** What has found no count by now never will: its window is gone. To be called once a window. */
  forget(): void {
    for (const [name, { found, notFound, removed }] of this.#known)
      if (found + notFound + removed === 0) this.#known.delete(name);
    if (this.#known.size <= MOST) return;
    for (const { found, notFound } of this.#known.values()) this.#forgotten += found + notFound;
    this.#known = new Map();
  }

  #of(name: string): Known {
    let known = this.#known.get(name);
    if (known === undefined) this.#known.set(name, (known = { found: 0, notFound: 0, removed: 0 }));
    return known;
  }
}

/** Of maps that come and go, counters may have no room: what is known of those finds no count. */
const MOST = 100_000;

const nameOf = (op: string, type?: string, address?: string, site?: SiteRef): string =>
  `${op} ${address ?? ''} ${type ?? ''} ${site?.line ?? ''} ${site?.function ?? ''} ${site?.file ?? ''}`;
