const NANOS_A_SECOND = 1_000_000_000n;

/** Nanoseconds since 1970 as RFC 3339 in UTC, with all nine digits: `2026-03-01T12:01:33.102000417Z`. */
export function rfc3339(nanos: bigint): string {
  const seconds = nanos / NANOS_A_SECOND;
  const rest = nanos % NANOS_A_SECOND;
  return `${secondText(Number(seconds))}.${rest.toString().padStart(9, '0')}Z`;
}

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
