import { messageOf } from '../../base/errors.ts';
import { pointAt } from './point_at.ts';
import { usageError } from './usage_error.ts';

/** A parser that hands back the text of a regular expression that compiles; `flag` is for messages. */
export function regexOf(flag: string): (text: string) => string {
  return (text) => {
    const reason = failure(text);
    if (reason === undefined) return text;
    const at = positionOf(text, reason);
    const picture = at === undefined ? '' : `\n${pointAt(text, at)}`;
    throw usageError('regex', `${flag} is not a regular expression: ${reason}${picture}`, {
      hint: `JavaScript syntax; put \\ before ( ) [ ] { } . * + ? ^ $ | to mean the character itself: 'map\\[string\\]'.`,
      fields: at === undefined ? {} : { position: at },
    });
  };
}

/** Why the text does not compile, in V8's words without the prefix, or undefined when it does. */
function failure(text: string): string | undefined {
  try {
    new RegExp(text);
    return undefined;
  } catch (error) {
    const message = messageOf(error);
    return message.slice(message.lastIndexOf(': ') + 2);
  }
}

function positionOf(text: string, reason: string): number | undefined {
  const { openClass, openGroup } = brackets(text);
  if (/character class|missing \]/i.test(reason) && openClass !== undefined) return openClass;
  if (/unterminated group/i.test(reason) && openGroup !== undefined) return openGroup;
  for (let end = 1; end <= text.length; end++) {
    if (failure(text.slice(0, end)) === reason) return end - 1;
  }
  return undefined;
}

/** Where the character class and the group begin that are never closed. */
function brackets(text: string): { openClass: number | undefined; openGroup: number | undefined } {
  const groups: number[] = [];
  let openClass: number | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '\\') i++;
    else if (openClass !== undefined) openClass = char === ']' ? undefined : openClass;
    else if (char === '[') openClass = i;
    else if (char === '(') groups.push(i);
    else if (char === ')') groups.pop();
  }
  return { openClass, openGroup: groups.at(-1) };
}
