import { usageError } from './usage_error.ts';

/** A speed that holds nothing up. */
export const MAX_SPEED = 'max';

/** `10` or `10x`: times the speed of what was recorded; `max`: as fast as can be. Error: `usage-speed`. */
export function parseSpeed(text: string): number | typeof MAX_SPEED {
  if (text === MAX_SPEED) return MAX_SPEED;
  const speed = /^\d+(?:\.\d+)?x?$/.test(text) ? Number.parseFloat(text) : NaN;
  if (speed > 0 && speed <= 1e6) return speed;
  throw usageError('speed', `${text} is no speed`, { hint: 'Use --speed 1, --speed 10 or --speed max.' });
}
