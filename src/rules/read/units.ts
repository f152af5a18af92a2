const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const YEAR_MS = 366 * 86_400_000;

/** `500ms`, `10s`, `5m`, `1h`, `1d` in milliseconds; `0` alone is 0. */
export function parseDuration(value: unknown): number | undefined {
  if (value === 0 || value === '0') return 0;
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value.trim()) : null;
  if (match === null) return undefined;
  const ms = Number(match[1]) * (UNITS[match[2] ?? ''] ?? NaN);
  return ms <= YEAR_MS ? ms : undefined;
}

/** `500`, `500/s`, `3000/m`: a second. */
export function parseRate(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*\/\s*(s|m|h)$/.exec(value.trim()) : null;
  if (match === null) return undefined;
  return (Number(match[1]) * 1000) / (UNITS[match[2] ?? ''] ?? NaN);
}

/** `85%` or `0.85`: 0 to 1. */
export function parseShare(value: unknown): number | undefined {
  const share =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^\d+(?:\.\d+)?\s*%$/.test(value.trim())
        ? Number.parseFloat(value) / 100
        : NaN;
  return share >= 0 && share <= 1 ? share : undefined;
}

/** `5` or `5x`. */
export function parseTimes(value: unknown): number | undefined {
  const times =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^\d+(?:\.\d+)?\s*x$/.test(value.trim())
        ? Number.parseFloat(value)
        : NaN;
  return times > 0 && Number.isFinite(times) ? times : undefined;
}
