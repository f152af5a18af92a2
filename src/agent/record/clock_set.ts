import { spoken } from '../../protocol/text/numbers.ts';

/** What is said where the wall clock was set, by so many milliseconds. */
export const clockSet = (
  byMs: number,
): { readonly code: 'clock-set'; readonly message: string; readonly hint: string } => ({
  code: 'clock-set',
  message: `the machine's clock was set ${byMs < 0 ? 'back' : 'forward'} by ${spoken(Math.abs(byMs))}, or the machine was asleep: what comes has the new time`,
  hint:
    byMs < 0
      ? 'Nothing is lost: what was counted before and what comes are added where their times are the same.'
      : 'Nothing is lost; of the time between there is nothing.',
});
