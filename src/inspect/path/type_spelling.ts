import { literalRegex } from '../../base/literal_regex.ts';

const QUALIFIED =
  /(?:[\w.~%-]+\/)*([\p{L}_][\p{L}\p{N}_]*)\.([\p{L}_][\p{L}\p{N}_]*)|\binterface \{\}|\buint8\b|\bint32\b|[\p{L}\p{N}_]+|\s+|./gu;
const WORD = /[\p{L}\p{N}_]/u;

/**
 * The ways in which Go source may write a type that the runtime knows by this name: with its package or without,
 * with the package's path, `any` and `byte` and `rune` as what they stand for, `[...]T` for an array, and the
 * spaces that gofmt would set or not. A word must end where the pattern does.
 */
export function spelling(name: string): RegExp {
  let pattern = '';
  for (const { 0: part, 1: pack, 2: own, index } of name.matchAll(QUALIFIED)) {
    const end = index + part.length;
    if (pack !== undefined && own !== undefined) pattern += `(?:(?:[\\w.~%-]+\\/)*${pack}\\.)?${own}`;
    else if (part === 'interface {}') pattern += '(?:any|interface\\s*\\{\\s*\\})';
    else if (part === 'uint8') pattern += '(?:uint8|byte)';
    else if (part === 'int32') pattern += '(?:int32|rune)';
    else if (/^\s/.test(part))
      pattern += WORD.test(name.charAt(index - 1)) && WORD.test(name.charAt(end)) ? '\\s+' : '\\s*';
    else if (part === '{' || part === '}') pattern += `\\s*\\${part}\\s*`;
    else if (part === ',') pattern += ',\\s*';
    else pattern += literalRegex(part);
  }
  const length = /^\[\d+\]/.exec(name)?.[0].length;
  if (length !== undefined) pattern = pattern.replace(/^\\\[\d+\\\]/, (fixed) => `(?:${fixed}|\\[\\.{3}\\])`);
  return new RegExp(WORD.test(name.at(-1) ?? '') ? `${pattern}(?![\\p{L}\\p{N}_])` : pattern, 'u');
}

/** Whether a type of this name may be written so. */
export function isSpelled(name: string, text: string): boolean {
  return name === text || new RegExp(`^(?:${spelling(name).source})$`, 'u').test(text);
}
