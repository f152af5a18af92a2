const TIME = /^(.*?)(?:\.(\d{1,9}))?Z$/;

let lastSecond: string | undefined;
let lastNanos = 0n;

/** Unix nanoseconds of `2026-03-01T12:01:33.102000417Z`. */
export function nanosOf(text: string): bigint {
  const [, second = '', fraction = ''] = TIME.exec(text) ?? [];
  return secondNanos(second, text) + BigInt(Number(fraction.padEnd(9, '0')));
}

/** Events come many to a second: what it is in nanoseconds is kept. */
function secondNanos(second: string, text: string): bigint {
  if (second === lastSecond) return lastNanos;
  const ms = Date.parse(`${second}Z`);
  if (Number.isNaN(ms)) throw new Error(`internal: ${JSON.stringify(text)} is not a time`);
  lastSecond = second;
  lastNanos = BigInt(ms) * 1_000_000n;
  return lastNanos;
}

/** `2026-03-01T12:01:33Z` of Unix milliseconds. */
export const secondText = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** The text of Unix nanoseconds, of which a second part may be missing. */
export function timeText(nanos: bigint): string {
  const second = nanos / 1_000_000_000n;
  const fraction = String(nanos % 1_000_000_000n).padStart(9, '0');
  return `${new Date(Number(second) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
