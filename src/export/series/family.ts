/** Labels of a series, in the order in which they are shown. */
export type Labels = Readonly<Record<string, string>>;

/** What every family has. */
interface FamilyBase {
  /** As Prometheus has it: `map_delete_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Of the value, as OpenTelemetry writes units: `By`, `s`, `{operation}`. */
  readonly unit: string;
}

export interface CounterSpec extends FamilyBase {
  readonly kind: 'counter';
}

export interface GaugeSpec extends FamilyBase {
  readonly kind: 'gauge';
}

export interface HistogramSpec extends FamilyBase {
  readonly kind: 'histogram';
  /** Upper bounds, rising; one without bound comes beyond. */
  readonly bounds: readonly number[];
}

export type FamilySpec = CounterSpec | GaugeSpec | HistogramSpec;

/** One number, or the counts of a histogram. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** Of a histogram: observations in each bucket, one more than there are bounds; `value` is their sum. */
  readonly buckets?: readonly number[];
  /** Unix milliseconds, by the clock of whoever keeps it: when it was first there. */
  readonly since: number;
}

/** A family with all of its series. */
export interface Family {
  readonly spec: FamilySpec;
  readonly samples: readonly Sample[];
}
