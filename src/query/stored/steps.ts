import { MapauditError } from '../../base/errors.ts';

const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Steps that people read well, milliseconds. */
const STEPS = [
  ...[1, 2, 5, 10, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 30].map((n) => n * MINUTE),
  ...[1, 2, 6, 12, 24].map((n) => n * HOUR),
];
/** As many points as a chart has room for. */
const POINTS = 360;
/** Points that a series may have. */
const MOST_POINTS = 20_000;

/** The step that gives a slice no more points than a chart shows. */
export function stepFor(from: number, to: number): number {
  const least = (to - from) / POINTS;
  const day = 24 * HOUR;
  return STEPS.find((step) => step >= least) ?? Math.ceil(least / day) * day;
}

/** Error: `step`. */
export function checkStep(from: number, to: number, step: number): void {
  if (!Number.isSafeInteger(step) || step < SECOND || step % SECOND !== 0)
    throw new MapauditError('step', 'a step is a whole number of seconds, in milliseconds', {
      hint: 'step=1000, 60000 or 3600000, or a multiple.',
    });
  if ((to - from) / step > MOST_POINTS)
    throw new MapauditError('step', `that makes more than ${MOST_POINTS} points`, {
      hint: `Take a step of ${stepFor(from, to)} or more.`,
    });
}
