/**
 * Turns readings of the processor's counter into CLOCK_MONOTONIC nanoseconds. Both clocks are stamped again and again;
 * the last minute of stamps tells the rate. A later reading never gets an earlier time, whatever the stamps say: what a
 * stamp corrects is spread over the time that follows it, and what was read before it keeps its meaning, for records may
 * come late. Source of the counter: runtime.cputicks, RDTSC on amd64, constant on every processor that Linux trusts with
 * its clock.
 */
export class Ticks {
  /** The last of them, oldest first. */
  readonly #stamps: Stamp[] = [];
  #rate = 0;
  /** By how much the last stamp was off, in nanoseconds. */
  #error = 0;
  /** It was off by so much that it counts only if the next one says the same. */
  #doubted: Stamp | undefined;
  /** The highest reading that was turned into a time. */
  #newest: bigint | undefined;
  /** Oldest first, each until the next begins. */
  readonly #spans: Span[] = [];

  /** Nanoseconds between the stamps that the rate comes from. */
  get span(): number {
    const [first, last] = [this.#stamps[0], this.#stamps.at(-1)];
    return first === undefined || last === undefined ? 0 : Number(last.nanos - first.nanos);
  }

  /** Ticks a nanosecond; 0 as long as that is not known. */
  get perNano(): number {
    return this.#rate === 0 ? 0 : 1 / this.#rate;
  }

  /** A reading, and the nanoseconds of the same moment. */
  stamp(ticks: bigint, nanos: bigint): void {
    const last = this.#stamps.at(-1);
    if (last !== undefined) {
      if (ticks <= last.ticks || nanos <= last.nanos) return;
      if (this.#spans.length > 0 && nanos - last.nanos < LEAST_SPAN_NS) return;
    }
    const agreed = this.#agreed(ticks, nanos);
    if (agreed === undefined) return;
    this.#stamps.push({ ticks, nanos });
    if (this.#stamps.length > MOST_STAMPS) this.#stamps.shift();
    const [first] = this.#stamps;
    if (last === undefined || first === undefined) return;
    this.#rate = Number(nanos - first.nanos) / Number(ticks - first.ticks);
    if (this.#spans.length === 0) this.#spans.push({ ...first, rate: this.#rate });
    else this.#correct(ticks, agreed);
  }

  /** Nanoseconds of a reading. */
  nanos(ticks: bigint): bigint {
    if (this.#newest === undefined || ticks > this.#newest) this.#newest = ticks;
    return this.#at(ticks);
  }

  #at(ticks: bigint): bigint {
    let i = this.#spans.length - 1;
    while (i > 0 && ticks < (this.#spans[i]?.ticks ?? 0n)) i--;
    const from = this.#spans[i];
    if (from === undefined) return this.#stamps[0]?.nanos ?? ticks;
    return from.nanos + BigInt(Math.round(Number(ticks - from.ticks) * from.rate));
  }

  /**
   * By how much the stamp and the one before it were off alike: a thread may have been put aside between its two
   * readings, or be at it. Undefined where the stamp is not to be believed.
   */
  #agreed(ticks: bigint, nanos: bigint): number | undefined {
    if (this.#spans.length === 0) return 0;
    const error = Number(nanos - this.#at(ticks));
    const agreed = error * this.#error <= 0 ? 0 : smaller(error, this.#error);
    const doubted = this.#doubted;
    this.#error = error;
    this.#doubted = Math.abs(error) > DOUBTED_NS ? { ticks, nanos } : undefined;
    if (this.#doubted === undefined) return agreed;
    if (doubted === undefined || agreed === 0) return undefined;
    // The clocks have moved against each other: what was stamped before says nothing of their rate.
    this.#stamps.splice(0, this.#stamps.length, doubted);
    return agreed;
  }

  #correct(ticks: bigint, error: number): void {
    const from = this.#newest !== undefined && this.#newest > ticks ? this.#newest : ticks;
    const correction = Math.max(-MOST_CORRECTION, Math.min(MOST_CORRECTION, error / CORRECTED_IN_NS));
    this.#spans.push({ ticks: from, nanos: this.#at(from), rate: this.#rate * (1 + correction) });
    if (this.#spans.length > MOST_SPANS) this.#spans.shift();
  }
}

/** Stamps that come sooner say nothing new. */
const LEAST_SPAN_NS = 200_000_000n;
const MOST_STAMPS = 60;
const DOUBTED_NS = 500_000;
/** An error is to be gone after so long; the clock goes at least half as fast as it should, at most half as fast again. */
const CORRECTED_IN_NS = 1e9;
const MOST_CORRECTION = 0.5;
/** Records of more than ten seconds ago do not come any more. */
const MOST_SPANS = 64;

interface Stamp {
  readonly ticks: bigint;
  readonly nanos: bigint;
}

/** From a stamp on: nanoseconds a tick. */
interface Span extends Stamp {
  readonly rate: number;
}

const smaller = (a: number, b: number): number => (Math.abs(a) < Math.abs(b) ? a : b);
