import { closest } from '../../base/closest.ts';
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

/** A parser of some words out of a few, joined by commas, without repeats. */
export function wordsOf<T extends string>(what: string, words: readonly T[]): (text: string) => readonly T[] {
  const one = oneOf(what, words);
  return (text) => [...new Set(text.split(',').map((word) => one(word.trim())))];
}
