import { parseGoLiteral } from './go_literal.ts';

/** A string key as the string that it is, any other as it is written. */
export function plainKey(text: string): string {
  if (!text.startsWith('"')) return text;
  const literal = parseGoLiteral(text);
  return literal?.kind === 'text' ? new TextDecoder().decode(literal.bytes) : text;
}
