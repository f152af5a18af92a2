import { usageError } from './usage_error.ts';

/** `http://` or `https://`, left as it is. */
export const parseUrl =
  (flag: string) =>
  (text: string): string => {
    const protocol = URL.canParse(text) ? new URL(text).protocol : undefined;
    if (protocol === 'http:' || protocol === 'https:') return text;
    throw usageError('url', `"${text}" is no address of a web server`, {
      hint: `Begin it with http:// or https://: ${flag} http://127.0.0.1:4318.`,
    });
  };
