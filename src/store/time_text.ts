const TIME = /^(.*?)(?:\.(\d{1,9}))?Z$/;

/** Unix nanoseconds of `2026-03-01T12:01:33.102000417Z`. */
export function nanosOf(text: string): bigint {
  const [, seconds = '', fraction = ''] = TIME.exec(text) ?? [];
  const ms = Date.parse(`${seconds}Z`);
  if (Number.isNaN(ms)) throw new Error(`internal: ${JSON.stringify(text)} is not a time`);
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** The text of Unix nanoseconds, of which a second part may be missing. */
export function timeText(nanos: bigint): string {
  const second = nanos / 1_000_000_000n;
  const fraction = String(nanos % 1_000_000_000n).padStart(9, '0');
  return `${new Date(Number(second) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
