import { clockSetText } from '../../protocol/text/words.ts';

/** What is said where the wall clock was set, by so many milliseconds. */
export const clockSet = (
  byMs: number,
): { readonly code: 'clock-set'; readonly message: string; readonly hint: string } => ({
  code: 'clock-set',
  message: `${clockSetText(byMs)}: what comes has the new time`,
  hint:
    byMs < 0
      ? 'Nothing is lost: what was counted before and what comes are added where their times are the same.'
      : 'Nothing is lost; of the time between there is nothing.',
});
