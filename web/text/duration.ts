const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The longest that a range may last: a year. */
const LONGEST = 366 * UNITS.d;

/** `90s`, `15m`, `6h`, `7d` in milliseconds. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})([smhd])$/.exec(text.trim());
  const unit = (['s', 'm', 'h', 'd'] as const).find((one) => one === match?.[2]);
  if (match === null || unit === undefined) return undefined;
  const ms = Number(match[1]) * UNITS[unit];
  return ms > 0 && ms <= LONGEST ? ms : undefined;
}

/** In the largest unit that fits without a rest. */
export function durationText(ms: number): string {
  const unit = (['d', 'h', 'm'] as const).find((one) => ms >= UNITS[one] && ms % UNITS[one] === 0) ?? 's';
  return `${Math.max(1, Math.round(ms / UNITS[unit]))}${unit}`;
}
