const NANOS_A_SECOND = 1_000_000_000;

/** Nanoseconds since 1970 as RFC 3339 in UTC, with all nine digits: `2026-03-01T12:01:33.102000417Z`. */
export function rfc3339(nanos: bigint): string {
  const seconds = nanos / BigInt(NANOS_A_SECOND);
  const rest = nanos % BigInt(NANOS_A_SECOND);
  return `${secondText(Number(seconds))}.${rest.toString().padStart(9, '0')}Z`;
}

/** Takes CLOCK_MONOTONIC times apart as `rfc3339` writes wall-clock times, without a bigint for each. */
export class WallParts {
  /** Seconds since 1970 of the time that was set, and the nanoseconds beyond them. */
  second = -1;
  nanos = 0;
  #offset = 0n;
  #offsetSeconds = 0;
  #offsetNanos = 0;

  /** `2026-03-01T12:01:33` */
  get secondText(): string {
    return secondText(this.second);
  }

  /** As `rfc3339` writes it. */
  get text(): string {
    return `${secondText(this.second)}.${String(this.nanos).padStart(9, '0')}Z`;
  }

  /** A time given as its two 32-bit halves. `wallOffset`: wall clock minus CLOCK_MONOTONIC, in nanoseconds. */
  set(wallOffset: bigint, high: number, low: number): void {
    if (wallOffset !== this.#offset) this.#setOffset(wallOffset);
    // In two parts, so that nothing exceeds 2^53 however long the machine runs.
    const thousands = Math.floor(high / 1000);
    const ones = high - thousands * 1000;
    const nanos = thousands * NANOS_OF_THOUSAND + ones * NANOS_OF_ONE + low + this.#offsetNanos;
    const carried = Math.floor(nanos / NANOS_A_SECOND);
    this.second = this.#offsetSeconds + thousands * SECONDS_OF_THOUSAND + ones * SECONDS_OF_ONE + carried;
    this.nanos = nanos - carried * NANOS_A_SECOND;
  }

  #setOffset(wallOffset: bigint): void {
    this.#offset = wallOffset;
    this.#offsetSeconds = Number(wallOffset / BigInt(NANOS_A_SECOND));
    this.#offsetNanos = Number(wallOffset % BigInt(NANOS_A_SECOND));
  }
}

/** 2^32 ns, and a thousand times that, as whole seconds and the rest. */
const SECONDS_OF_ONE = 4;
const NANOS_OF_ONE = 294_967_296;
const SECONDS_OF_THOUSAND = 4294;
const NANOS_OF_THOUSAND = 967_296_000;

let lastSecond = -1;
let lastText = '';

/** Events come many to a second: its text is kept. */
function secondText(second: number): string {
  if (second !== lastSecond) {
    lastText = new Date(second * 1000).toISOString().slice(0, 19);
    lastSecond = second;
  }
  return lastText;
}
