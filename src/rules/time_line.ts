import type { FeedItem, FindingTold, SampledEvents } from '../model/feed.ts';
import type { Finding } from '../model/finding.ts';

type Judged = Exclude<FeedItem, FindingTold>;

/**
 * Time as rules have it: where the wall clock is set, theirs goes on. So windows of a rule, how long something lasts and
 * when it is over do not depend on the clock; what they find is told in the time of the clock as it is then.
 */
export class TimeLine {
  /** The feed's time less the rules'. */
  #ahead = 0;

  /** The clock was set at the end of a window. */
  set(byMs: number): void {
    // Whole seconds, so that the next window follows on the last one, or shares its second.
    this.#ahead += Math.floor(byMs / 1000) * 1000;
  }

  /** An item of the feed in the time of the rules. */
  of(item: Judged): Judged {
    if (this.#ahead === 0) return item;
    switch (item.type) {
      case 'window':
        return { ...item, window: { ...item.window, start: item.window.start - this.#ahead } };
      case 'events':
        return this.#events(item);
      case 'joined':
      case 'left':
      case 'growth':
      case 'race':
      case 'maps':
      case 'cost':
        return { ...item, at: item.at - this.#ahead };
    }
  }

  /** A finding in the time of the feed. */
  told(at: number, finding: Finding): FindingTold {
    const moved = (ms: number): number => ms + this.#ahead;
    return {
      type: 'finding',
      at: moved(at),
      finding: {
        ...finding,
        since: moved(finding.since),
        firedAt: moved(finding.firedAt),
        lastSeen: moved(finding.lastSeen),
        evidence: finding.evidence.map((one) => ({ ...one, from: moved(one.from), to: moved(one.to) })),
      },
    };
  }

  #events(item: SampledEvents): SampledEvents {
    let [second, moved] = ['', ''];
    const events = item.events.map((event) => {
      const own = event.time.slice(0, 19);
      if (own !== second) {
        second = own;
        moved = new Date(Date.parse(`${own}Z`) - this.#ahead).toISOString().slice(0, 19);
      }
      return { ...event, time: moved + event.time.slice(19) };
    });
    return { ...item, events };
  }
}
