/**
 * Turns readings of the processor's counter into CLOCK_MONOTONIC nanoseconds. The program stamps both clocks when
 * it is asked to; the further two stamps lie apart, the better the rate is known. Source of the counter:
 * runtime.cputicks, RDTSC on amd64, constant on every processor that Linux trusts with its clock.
 */
export class Ticks {
  #first: Stamp | undefined;
  #last: Stamp | undefined;
  #rate = 0;

  /** Nanoseconds between the stamps that the rate comes from. */
  get span(): number {
    return this.#first === undefined || this.#last === undefined
      ? 0
      : Number(this.#last.nanos - this.#first.nanos);
  }

  /** Ticks a nanosecond; 0 as long as that is not known. */
  get perNano(): number {
    return this.#rate === 0 ? 0 : 1 / this.#rate;
  }

  stamp(ticks: bigint, nanos: bigint): void {
    this.#first ??= { ticks, nanos };
    this.#last = { ticks, nanos };
    const passed = ticks - this.#first.ticks;
    if (passed > 0n) this.#rate = Number(nanos - this.#first.nanos) / Number(passed);
  }

  /** Nanoseconds of a reading. */
  nanos(ticks: bigint): bigint {
    const from = this.#last;
    if (from === undefined) return ticks;
    return from.nanos + BigInt(Math.round(Number(ticks - from.ticks) * this.#rate));
  }
}

interface Stamp {
  readonly ticks: bigint;
  readonly nanos: bigint;
}
