import { queryFault } from './fault.ts';

/** A word, a quoted text, or a sign. `at` is where it begins. */
export interface Token {
  readonly kind: 'word' | 'text' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const TOKEN = /\s*(?:(,|!=|!~|==|=~|=|~)|(["'`])|([^\s,=~!"'`]+(?:[^\s,=~"'`])*))/y;

/** Cuts a question into words; the last one is `end`. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let end = 0;
  while (text.slice(end).trim() !== '') {
    TOKEN.lastIndex = end;
    const match = TOKEN.exec(text);
    const at = end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0);
    if (match === null) throw queryFault(text, at, `${text.charAt(at)} has no meaning here`, EXAMPLE);
    const [, sign, quote, word] = match;
    end = TOKEN.lastIndex;
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, at });
    else {
      const close = text.indexOf(quote ?? '', end);
      if (close < 0)
        throw queryFault(text, at, 'this text is never closed', `Add a ${quote ?? ''} at its end.`);
      tokens.push({ kind: 'text', text: text.slice(end, close), at });
      end = close + 1;
    }
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }];
}

export const EXAMPLE = `A question looks like: deletes by site where type ~ 'Session' last 10m top 20.`;
