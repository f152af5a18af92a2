import { usageError } from './usage_error.ts';

/** A parser of whole numbers between `least` and `most`; `what` names them in messages. */
export function wholeNumber(
  what: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (Number.isNaN(value))
      throw usageError('number', `"${text}" is not a ${what}`, { hint: 'Write a whole number.' });
    if (value < least || value > most) {
      const isOpen = most === Number.MAX_SAFE_INTEGER && value < least;
      const range = isOpen ? `At least ${least}.` : `Between ${least} and ${most}.`;
      throw usageError('number', `${text} is no ${what}`, { hint: range });
    }
    return value;
  };
}

/** A whole number, or `all`. */
export function parseLimit(text: string): number {
  return text === 'all' ? Infinity : wholeNumber('limit', 0)(text);
}

/** `1/100`, or only `100`: one in so many. */
export function parseSample(text: string): number {
  const match = /^(?:1\/)?(\d+)$/.exec(text);
  const every = match === null ? NaN : Number(match[1]);
  if (!(every >= 1 && every <= 2 ** 31)) {
    throw usageError('sample', `"${text}" is not a sampling rate`, {
      hint: 'Write 1/100 to see one event in 100.',
    });
  }
  return every;
}
