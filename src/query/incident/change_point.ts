/**
 * Finds the moments from which on a rate was another: Pettitt's test (A. N. Pettitt, "A Non-Parametric Approach to the
 * Change-Point Problem", Applied Statistics 28, 1979) on spans of many lengths, each half overlapping the next (seeded
 * binary segmentation: Kovács et al., Biometrika 110, 2023). The clearest change cuts the whole in two, and both parts
 * are looked at likewise. Short spans are needed because a storm that passes is hidden in the whole.
 *
 * The test compares ranks, so that neither single peaks nor the kind of distribution matter: counts of a second are
 * seldom Poisson, since work comes in bursts. It assumes that seconds are independent; where a rate swings slowly they
 * are not, and the test alone finds too much. A change must therefore also be large: see `Limits`.
 */
export interface ChangePoint {
  /** Index of the first value after it. */
  readonly at: number;
  /** Medians of the parts. */
  readonly before: number;
  readonly after: number;
  /** Indexes of the parts: [from, at) and [at, to). */
  readonly from: number;
  readonly to: number;
  readonly p: number;
  /** |after - before| as a multiple of the scatter within the parts. */
  readonly deviations: number;
}

/** From where on a difference is called a change. */
export interface Limits {
  /** Highest p: of 200 recordings of pure noise, the test alone would call one a change. */
  readonly p: number;
  /**
   * Least difference of the medians, in standard deviations of the values around their part's median (1.4826 MAD, and
   * never less than that of a Poisson process of this rate). In noise the medians of two parts of at least five values
   * differ by less than one.
   */
  readonly deviations: number;
  /** Least ratio of the larger median to the smaller: less is no incident. */
  readonly ratio: number;
  /** Least number of values in a part: the median of fewer says little. */
  readonly least: number;
}

/** Chances that pure noise has in all the spans that are looked at: what is true of one is true of some sooner. */
const CHANCES = 10;

export const LIMITS: Limits = { p: 0.005, deviations: 3, ratio: 1.5, least: 5 };

/** All changes, in their order. */
export function changePoints(values: readonly number[], limits: Limits = LIMITS): readonly ChangePoint[] {
  const cuts: number[] = [];
  segment(values, 0, values.length, limits, cuts);
  const edges = [0, ...cuts.sort((a, b) => a - b), values.length];
  // Medians are those between neighbours, not those of the halves in which a cut was found.
  return cuts.flatMap((at, i): ChangePoint[] => {
    const found = changeAt(values, [edges[i] ?? 0, at, edges[i + 2] ?? values.length], limits.least);
    return isLarge(found, limits) ? [found] : [];
  });
}

function segment(values: readonly number[], from: number, to: number, limits: Limits, cuts: number[]): void {
  let best: ChangePoint | undefined;
  for (const [start, end] of spans(from, to, 2 * limits.least)) {
    const at = pettitt(values.slice(start, end), limits.least);
    if (at === undefined) continue;
    const rough = changeAt(values, [start, start + at, end], limits.least);
    const found = changeAt(values, [start, closer(values, rough, limits.least), end], limits.least);
    if (found.p > limits.p || !isLarge(found, limits)) continue;
    if (best === undefined || found.p < best.p) best = found;
  }
  if (best === undefined) return;
  cuts.push(best.at);
  segment(values, from, best.at, limits, cuts);
  segment(values, best.at, to, limits, cuts);
}

/** The whole, then halves, quarters and so on, each overlapping the next by half. */
function* spans(from: number, to: number, least: number): Generator<readonly [from: number, to: number]> {
  for (let length = to - from; length >= least; length = Math.ceil(length / 2)) {
    const step = Math.max(1, length >> 1);
    for (let start = from; start + length <= to; start += step) yield [start, start + length];
    if ((to - from - length) % step !== 0) yield [to - length, to];
    if (length === least) break;
  }
}

function isLarge({ before, after, deviations }: ChangePoint, limits: Limits): boolean {
  const [low, high] = before < after ? [before, after] : [after, before];
  return deviations >= limits.deviations && high >= limits.ratio * Math.max(low, 1);
}

/** Where Pettitt's statistic is largest, at least so many values from both ends. */
function pettitt(values: readonly number[], least: number): number | undefined {
  const ranks = ranksOf(values);
  const n = values.length;
  let [sum, best, at] = [0, 0, -1];
  for (let t = 1; t < n; t++) {
    sum += ranks[t - 1] ?? 0;
    const u = Math.abs(2 * sum - t * (n + 1));
    if (t >= least && n - t >= least && u > best) [best, at] = [u, t];
  }
  return at < 0 ? undefined : at;
}

/** The statistic leans to the middle: the cut at which values are nearest to the medians of their parts is closer. */
function closer(values: readonly number[], { from, to, before, after }: ChangePoint, least: number): number {
  let cost = 0;
  for (let i = from; i < to; i++) cost += Math.abs((values[i] ?? 0) - after);
  let [lowest, best] = [Infinity, from + least];
  for (let t = from; t <= to - least; t++) {
    if (t - from >= least && cost < lowest) [lowest, best] = [cost, t];
    const value = values[t] ?? 0;
    cost += Math.abs(value - before) - Math.abs(value - after);
  }
  return best;
}

function changeAt(
  values: readonly number[],
  [from, at, to]: readonly [number, number, number],
  least: number,
): ChangePoint {
  const [first, second] = [values.slice(from, at), values.slice(at, to)];
  const [before, after] = [median(first), median(second)];
  const n = to - from;
  const ranks = ranksOf(values.slice(from, to)).slice(0, at - from);
  const k = Math.abs(2 * ranks.reduce((sum, rank) => sum + rank, 0) - ranks.length * (n + 1));
  const apart = [...first.map((v) => Math.abs(v - before)), ...second.map((v) => Math.abs(v - after))];
  const scatter = Math.max(1.4826 * median(apart), Math.sqrt(Math.max(1, (before + after) / 2)));
  return {
    at,
    before,
    after,
    from,
    to,
    // Pettitt 1979, (2.6), which is too cautious for short spans: where nothing overlaps, p can be counted.
    p: Math.min(
      1,
      2 * Math.exp((-6 * k * k) / (n ** 3 + n ** 2)),
      k === first.length * second.length ? CHANCES * apartByChance(n, least) : 1,
    ),
    deviations: Math.abs(after - before) / scatter,
  };
}

/**
 * How probable it is that n values in an order of chance can be cut, with at least so many on either side, such that all
 * on one side are below all on the other: of n! orders there are so many for each cut, one side up or the other.
 */
function apartByChance(n: number, least: number): number {
  let p = 0;
  for (let t = least; t <= n - least; t++) p += 2 / choose(n, t);
  return p;
}

function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result *= (n - k + i) / i;
  return result;
}

/** Ranks from 1 on; equal values share the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((value, i) => ({ value, i })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length).fill(0);
  for (let i = 0; i < order.length;) {
    let end = i;
    while (end < order.length && order[end]?.value === order[i]?.value) end++;
    for (let j = i; j < end; j++) ranks[order[j]?.i ?? 0] = (i + 1 + end) / 2;
    i = end;
  }
  return ranks;
}

/** The middle value; of an even number the mean of the two. 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[half] ?? 0;
  return ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}
