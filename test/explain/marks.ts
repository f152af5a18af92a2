import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Build } from '../support/go_build.ts';

/** What a line of the program says of itself. */
export interface Mark {
  readonly file: string;
  readonly line: number;
  /** Each instance of the line's code makes one of these sets of calls, sorted; and each set is made by one. */
  readonly calls: readonly (readonly string[])[];
  /** The map type of each of the calls, where the mark names one. */
  readonly type: string | undefined;
}

/**
 * Reads the comments of a program: `want: CALLS [of TYPE]`, then `| CONDITION: CALLS` for builds that differ,
 * the last that applies counts. CALLS are separated by spaces; `or` separates what different instances of
 * generic code call. `@start` and `@next` are the functions of a range loop, `stack` is a map made on the
 * stack. A condition is a list of builds and of bounds of the release (`<1.22`), all of which must hold.
 */
export function readMarks(folder: string, version: string, build: Build): Mark[] {
  const minor = Number(version.split('.')[1]);
  const marks: Mark[] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.go'))) {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n');
    if (lines[0]?.includes('!go1.21') === true && minor >= 21) continue;
    if (lines[0]?.includes(' go1.21') === true && minor < 21) continue;
    lines.forEach((text, i) => {
      const [, comment] = /\/\/ want:(.*)$/.exec(text) ?? [];
      if (comment !== undefined) marks.push({ file, line: i + 1, ...callsOf(comment, minor, build) });
    });
  }
  return marks;
}

function callsOf(comment: string, minor: number, build: Build): Pick<Mark, 'calls' | 'type'> {
  const [first = '', ...others] = comment.split('|').map((part) => part.trim());
  const [usual = '', type] = first.split(' of ');
  let chosen = usual;
  for (const other of others) {
    const [, condition, calls] = /^([^:]*):(.*)$/.exec(other) ?? [];
    if (condition === undefined || calls === undefined) throw new Error(`not a mark: ${comment}`);
    if (
      condition
        .trim()
        .split(/\s+/)
        .every((one) => holds(one, minor, build))
    )
      chosen = calls;
  }
  const calls = chosen.split(' or ').map((set) => named(set, minor));
  return { calls, type };
}

function holds(condition: string, minor: number, build: Build): boolean {
  const [, sign, bound] = /^(<|>=)1\.(\d+)$/.exec(condition) ?? [];
  if (sign === '<') return minor < Number(bound);
  if (sign === '>=') return minor >= Number(bound);
  return condition === build;
}

function named(set: string, minor: number): string[] {
  const words: Record<string, string> = {
    '@start': minor >= 24 ? 'runtime.mapIterStart' : 'runtime.mapiterinit',
    '@next': minor >= 24 ? 'runtime.mapIterNext' : 'runtime.mapiternext',
  };
  const calls = set.split(/\s+/).filter((word) => word !== '');
  return calls.map((call) => words[call] ?? call).sort();
}
