import { closest } from '../../base/closest.ts';
import { MapauditError } from '../../base/errors.ts';

/** What is wrong at one place of a file of rules. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string;
}

/** More than that are counted only. */
const SHOWN = 20;

/** Collects what is wrong, so that all of it is told at once. */
export class Problems {
  readonly path: string;
  readonly #all: Problem[] = [];

  constructor(path: string) {
    this.path = path;
  }

  get all(): readonly Problem[] {
    return this.#all;
  }

  add(problem: Problem): void {
    this.#all.push(problem);
  }

  /** Error: `rules-invalid`, with a line for each problem. */
  throwIfAny(): void {
    if (this.#all.length === 0) return;
    const sorted = [...this.#all].sort((a, b) => a.line - b.line || a.column - b.column);
    const lines = sorted.slice(0, SHOWN).map(({ line, column, message, hint }) => {
      return `${this.path}:${line}:${column}: ${message}${hint === undefined ? '' : `. ${hint}`}`;
    });
    if (sorted.length > SHOWN) lines.push(`and ${sorted.length - SHOWN} more`);
    const [first] = sorted;
    throw new MapauditError('rules-invalid', lines.join('\n'), {
      hint: 'docs/rules.md describes every field; mapaudit rules default prints an example.',
      fields: {
        file: this.path,
        problems: sorted.length,
        line: first?.line ?? 0,
        column: first?.column ?? 0,
      },
    });
  }
}

/** `Did you mean above? It is one of above, below.` */
export function suggestion(word: string, known: readonly string[]): string {
  const meant = closest(word, known);
  const all = `It is one of ${known.join(', ')}.`;
  return meant === undefined ? all : `Did you mean ${meant}? ${all}`;
}
