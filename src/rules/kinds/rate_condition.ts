import type { RateRule } from '../definition.ts';

/** What a window says of a subject. Rates are operations a second. */
export interface Measured {
  readonly rate: number;
  /** How much of the window was counted: what the rate is over. */
  readonly countedMs: number;
  /** Of the operations that it is weighed against. */
  readonly against?: number;
  /** The baseline, and how much it rests on; absent as long as that is too little. */
  readonly base?: number;
  readonly historyMs?: number;
  /** What most keys of the kept events begin with, their share of them, and how many events there were. */
  readonly prefix?: { readonly prefix: string; readonly share: number; readonly events: number };
}

export interface Verdict {
  readonly met: boolean;
  readonly holds: boolean;
  /** All is met but what depends on keys, and too few of those are known: neither met nor not. */
  readonly unknown?: boolean;
}

/** More than it should be. */
export function risen(rule: RateRule, { rate, against = 0, base, prefix }: Measured): Verdict {
  const { above, recoverBelow, share, outweighs, baseline } = rule;
  const isAlike =
    share === undefined ||
    (prefix !== undefined && prefix.share >= share.atLeast && prefix.events >= share.minEvents);
  const isHeavier = outweighs === undefined || rate > outweighs.times * against;
  const isUnusual = baseline === undefined || (base !== undefined && rate > baseline.times * base);
  const isStill =
    baseline === undefined || base === undefined || rate > Math.max(1, baseline.times / 2) * base;
  const isMuch = rate > above && isHeavier && isUnusual;
  return {
    met: isMuch && isAlike,
    holds: rate > recoverBelow && isStill,
    unknown: isMuch && share !== undefined && (prefix?.events ?? 0) < share.minEvents,
  };
}

/** Less than it used to be. */
export function fallen({ above, baseline }: RateRule, { rate, base }: Measured): Verdict {
  const times = baseline?.times ?? 0;
  const isKnown = base !== undefined && base > above;
  return {
    met: isKnown && rate < times * base,
    holds: isKnown && rate < Math.min(1, 2 * times) * base,
  };
}
