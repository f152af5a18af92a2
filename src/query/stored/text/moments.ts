const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `10m`, `1h30m`, `7d` in milliseconds; undefined where it is none. */
export function durationMs(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) return undefined;
  const ms = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? NaN), 0);
  return ms >= 1 && Number.isFinite(ms) ? Math.round(ms) : undefined;
}

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * A moment: `now`, a time of day (UTC; the last one that was before `now`), a date with or without a time (UTC unless it
 * says otherwise), or Unix milliseconds. Undefined where it is none.
 */
export function momentOf(text: string, now: number): number | undefined {
  if (text === 'now') return now;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  const clock = CLOCK.exec(text);
  if (clock !== null) {
    const [hours, minutes, seconds] = [1, 2, 3].map((group) => Number(clock[group] ?? 0));
    if ((hours ?? 0) > 23 || (minutes ?? 0) > 59 || (seconds ?? 0) > 59) return undefined;
    const day = new Date(now).setUTCHours(hours ?? 0, minutes, seconds, 0);
    return day > now ? day - (UNITS['d'] ?? 0) : day;
  }
  const date = DATE.exec(text);
  if (date === null || !isDay(text.slice(0, 10))) return undefined;
  const at = Date.parse(text.length > 10 && date[1] === undefined ? `${text}Z` : text);
  return Number.isNaN(at) ? undefined : at;
}

/** The 31st of February is none, though Date takes it for the 3rd of March. */
const isDay = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
};
