import { MapauditError } from '../../base/errors.ts';

/** Something about an expression, and where in its text. */
export class Problem extends Error {
  readonly code: string;
  readonly at: number;
  readonly hint: string | undefined;

  constructor(code: string, at: number, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.at = at;
    this.hint = hint;
  }
}

/** The error for the user: the message, the expression, a caret under the place. */
export function errorOf(problem: Problem, expression: string): MapauditError {
  const before = Array.from(expression.slice(0, problem.at)).length;
  const picture = `    ${expression}\n    ${' '.repeat(before)}^`;
  return new MapauditError(problem.code, `${problem.message}\n${picture}`, {
    fields: { expression, position: problem.at },
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  });
}
