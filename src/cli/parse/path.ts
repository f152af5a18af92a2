import { usageError } from './usage_error.ts';

/** A parser of paths; whether there is such a file is seen when it is opened. */
export function parsePath(flag: string): (text: string) => string {
  return (text) => {
    if (text !== '' && !text.includes('\0')) return text;
    throw usageError('path', `the path behind ${flag} is empty`, { hint: `Write ${flag} ./server.` });
  };
}

/** A parser that hands back any text but the empty one. */
export function notEmpty(flag: string): (text: string) => string {
  return (text) => {
    if (text.trim() !== '') return text;
    throw usageError('empty', `${flag} is empty`, { hint: `Write something behind ${flag}.` });
  };
}
