import type { Family, FamilySpec, HistogramSpec, Labels, Sample } from './family.ts';

interface Kept {
  readonly labels: Labels;
  value: number;
  buckets: number[] | undefined;
  readonly since: number;
}

/** The series of one family. A counter only rises, and is there until it is taken away. */
class Series {
  readonly spec: FamilySpec;
  readonly #kept = new Map<string, Kept>();

  constructor(spec: FamilySpec) {
    this.spec = spec;
  }

  of(labels: Labels, now: number): Kept {
    const name = this.spec.labels.map((label) => labels[label] ?? '').join('\0');
    let kept = this.#kept.get(name);
    if (kept === undefined) {
      const buckets = this.spec.kind === 'histogram' ? this.spec.bounds.map(() => 0).concat(0) : undefined;
      this.#kept.set(name, (kept = { labels, value: 0, buckets, since: now }));
    }
    return kept;
  }

  remove(isMeant: (labels: Labels) => boolean): void {
    for (const [name, { labels }] of this.#kept) if (isMeant(labels)) this.#kept.delete(name);
  }

  get samples(): readonly Sample[] {
    return [...this.#kept.values()].map(({ labels, value, buckets, since }) => ({
      labels,
      value,
      since,
      ...(buckets === undefined ? {} : { buckets: [...buckets] }),
    }));
  }
}

/** All families of the exporter. */
export class SeriesStore<Name extends string> {
  readonly #families: Readonly<Record<Name, Series>>;
  readonly #now: () => number;

  constructor(specs: readonly (FamilySpec & { readonly name: Name })[], now: () => number) {
    this.#families = Object.fromEntries(specs.map((spec) => [spec.name, new Series(spec)])) as Record<
      Name,
      Series
    >;
    this.#now = now;
  }

  /** Adds to a counter; with 0 it is there from now on. */
  add(name: Name, labels: Labels, count: number): void {
    this.#families[name].of(labels, this.#now()).value += count;
  }

  set(name: Name, labels: Labels, value: number): void {
    this.#families[name].of(labels, this.#now()).value = value;
  }

  /** One observation of a histogram. */
  observe(name: Name, labels: Labels, value: number): void {
    const series = this.#families[name];
    const kept = series.of(labels, this.#now());
    kept.value += value;
    const { bounds } = series.spec as HistogramSpec;
    const at = bounds.findIndex((bound) => value <= bound);
    const bucket = at === -1 ? bounds.length : at;
    if (kept.buckets !== undefined) kept.buckets[bucket] = (kept.buckets[bucket] ?? 0) + 1;
  }

  /** Takes series away whose labels are meant, of one family or of all. */
  remove(isMeant: (labels: Labels) => boolean, name?: Name): void {
    for (const [one, series] of Object.entries<Series>(this.#families))
      if (name === undefined || one === name) series.remove(isMeant);
  }

  get families(): readonly Family[] {
    return Object.values<Series>(this.#families).map(({ spec, samples }) => ({ spec, samples }));
  }
}
