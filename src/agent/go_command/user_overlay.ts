import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { MapauditError, messageOf } from '../../base/errors.ts';
import { flagValue, type GoCall } from './arguments.ts';
import type { WorkingDirectory } from './working_directory.ts';

/** Paths and what stands in their place; '' takes a file away. Both are absolute. */
export type Replacements = ReadonlyMap<string, string>;

/** The user's own `-overlay`, of the command line or else of GOFLAGS; the go command takes one only. */
export function overlayFileOf(call: GoCall, goflags: string): string | undefined {
  const [, quoted, plain] =
    /(?:^|\s)(?:(?<quote>['"])--?overlay=(.*?)\k<quote>|--?overlay=(\S+))/.exec(goflags)?.slice(1) ?? [];
  const file = flagValue(call, 'overlay') ?? quoted ?? plain;
  return file === '' ? undefined : file;
}

/**
 * Reads an overlay as cmd/go does (cmd/go/internal/fsys): the kernel opens it, and relative paths in it start at what
 * the go command takes for the name of where it runs. Errors: `bad-overlay`.
 */
export function readOverlay(file: string, { real, named }: WorkingDirectory): Replacements {
  const path = resolve(real, file);
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const replace: unknown = isObject(content) ? (content['Replace'] ?? {}) : undefined;
    if (!isObject(replace)) throw new Error('"Replace" is no object');
    return new Map(
      Object.entries(replace).map(([from, to]) => {
        if (typeof to !== 'string') throw new Error(`"${from}" is not replaced by a path`);
        return [resolve(named, from), to === '' ? '' : resolve(named, to)];
      }),
    );
  } catch (cause) {
    throw new MapauditError('bad-overlay', `${path}: ${messageOf(cause)}`, {
      hint: 'An overlay is JSON: {"Replace": {"file.go": "other.go"}}. Does go build with the same -overlay take it?',
      cause,
    });
  }
}

/** Paths beneath one folder as paths beneath another. */
export function moved(replacements: Replacements, from: readonly string[], to: string): Replacements {
  return new Map(
    [...replacements].map(([path, by]) => {
      const home = from.find((folder) => path.startsWith(`${folder}/`));
      return [home === undefined ? path : join(to, relative(home, path)), by];
    }),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
