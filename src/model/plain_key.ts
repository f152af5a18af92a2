import { parseGoLiteral } from './go_literal.ts';

/** U+FEFF at the beginning of a key is a part of it. */
const TEXT = new TextDecoder('utf-8', { ignoreBOM: true });

/** Nothing in it stands for anything else. */
const PLAIN = /^"([ !#-[\]-~]*)"$/;

/** A string key as the string that it is, any other as it is written. */
export function plainKey(text: string): string {
  if (!text.startsWith('"')) return text;
  const plain = PLAIN.exec(text)?.[1];
  if (plain !== undefined) return plain;
  const literal = parseGoLiteral(text);
  return literal?.kind === 'text' ? TEXT.decode(literal.bytes) : text;
}
