import { pointAt } from './point_at.ts';
import { usageError } from './usage_error.ts';

/** A parser that hands back a glob that makes sense: `*`, `?`, `[a-z]`, and `\` before a character to mean itself. */
export function globOf(flag: string): (text: string) => string {
  return (text) => {
    if (text === '')
      throw usageError('glob', `${flag} is empty`, { hint: `To match everything, leave ${flag} out.` });
    const problem = problemOf(text);
    if (problem === undefined) return text;
    throw usageError('glob', `${flag} is not a glob: ${problem.what}\n${pointAt(text, problem.at)}`, {
      hint: 'Put \\ before a character of * ? [ ] { } to mean the character itself, and the whole between quotes.',
      fields: { position: problem.at },
    });
  };
}

function problemOf(text: string): { what: string; at: number } | undefined {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') {
      if (i + 1 === text.length) return { what: 'nothing follows the last \\', at: i };
      i++;
    } else if (text[i] === '[') {
      const end = classEnd(text, i);
      if (end === undefined) return { what: 'this [ is never closed', at: i };
      i = end;
    }
  }
  return undefined;
}

/** Where the class that begins at `start` ends; a `]` right after the `[` or `[!` belongs to it. */
function classEnd(text: string, start: number): number | undefined {
  let i = start + 1;
  if (text[i] === '!' || text[i] === '^') i++;
  if (text[i] === ']') i++;
  for (; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ']') return i;
  }
  return undefined;
}
