import { closest } from './suggest.ts';
import { usageError } from './usage_error.ts';

/** A parser of one word out of a few. */
export function oneOf<T extends string>(what: string, words: readonly T[]): (text: string) => T {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    const meant = closest(text, words);
    const known = `It is one of ${words.join(', ')}.`;
    throw usageError('choice', `"${text}" is not a ${what}`, {
      hint: meant === undefined ? known : `Did you mean ${meant}? ${known}`,
    });
  };
}
