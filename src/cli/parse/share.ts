import { usageError } from './usage_error.ts';

/** Largest share of a program's time that may be spent. */
const MOST = 0.5;

/** `1%`, `0.5%`, or `0.01`: a share between 0 and one half. */
export function parseShare(text: string): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(text);
  const share = match === null ? NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  if (Number.isNaN(share))
    throw usageError('share', `"${text}" is not a share`, { hint: 'Write it in percent: --budget 1%.' });
  if (share <= 0 || share > MOST)
    throw usageError('share', `a budget of ${text} is out of range`, {
      hint: 'More than nothing, and at most 50%.',
    });
  return share;
}
