import { globOf } from './glob.ts';

/** A key as a filter. */
export interface KeyFilter {
  /** Glob on the key's text; for string keys, on the text between its quotes. */
  readonly key: string;
  readonly keyIsString?: true;
}

const glob = globOf('--key');

/** A glob, or one string key between double quotes, as Go and the output write it. */
export function parseKey(text: string): KeyFilter {
  const quoted = text.length >= 2 && text.startsWith('"') && text.endsWith('"');
  return quoted ? { key: literalGlob(text.slice(1, -1)), keyIsString: true } : { key: glob(text) };
}

/** A glob that matches this text and no other. */
const literalGlob = (text: string): string => text.replaceAll(/[\\*?[\]{}]/g, '\\$&');

/** Whether a glob matches one text only. */
export const isLiteralGlob = (text: string): boolean => !/[*?[]/.test(text.replaceAll(/\\./gsu, ''));
