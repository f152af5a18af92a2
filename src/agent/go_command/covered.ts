import { join, relative } from 'node:path';
import { MapauditError } from '../../base/errors.ts';
import { type GoCall, parseGoCall } from './arguments.ts';

/** Verbs that can measure coverage. */
const VERBS = new Set(['build', 'install', 'run', 'test']);
/** Flags that have coverage measured. */
const ASKING = ['cover', 'covermode', 'coverpkg', 'coverprofile'];

/** Packages that have files of ours. */
export interface HookedPackages {
  /** Import paths. */
  readonly paths: readonly string[];
  /** The go command's GOROOT, and the name of the directory that it works in. */
  readonly goroot: string;
  readonly directory: string;
}

/**
 * Refuses coverage of packages with the hook: `go tool cover` is given the toolchain's own file, whatever an overlay says,
 * so that the hook would be gone from it: some packages do not build then, others do, without the hook. Errors:
 * `cover-hooked`.
 */
export function refuseCovered(call: GoCall, goflags: string, hooked: HookedPackages): void {
  if (!VERBS.has(call.verb ?? '')) return;
  const flags = [...parseGoCall(['', ...wordsOf(goflags)]).flags, ...call.flags];
  const asked = flags.findLast(({ name, value }) => ASKING.includes(name) && value !== 'false');
  if (asked === undefined) return;
  const packages = flags.findLast(({ name, value }) => name === 'coverpkg' && value !== '')?.value;
  for (const pattern of packages?.split(',') ?? namedBy(call)) {
    const found = hooked.paths.filter((path) => matches(pattern, path, hooked));
    if (found.length > 0) throw refused(asked.name, pattern, found, packages !== undefined);
  }
}

/** GOFLAGS: words between spaces, each of which may be in quotes. */
const wordsOf = (goflags: string): readonly string[] =>
  [...goflags.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');

/** Without -coverpkg, what is built or tested is covered. */
function namedBy({ rest }: GoCall): readonly string[] {
  const end = rest.findIndex((word) => /^--?args$/.test(word));
  const named = end < 0 ? rest : rest.slice(0, end);
  return named.length === 0 ? ['.'] : named;
}

/** cmd/go/internal/load.MatchPackage, for packages of the standard library. */
function matches(pattern: string, path: string, { goroot, directory }: HookedPackages): boolean {
  if (pattern === 'all' || pattern === 'std') return true;
  if (!isLocal(pattern)) return glob(pattern).test(path);
  const wild = pattern.indexOf('...');
  const cut = wild < 0 ? pattern.length : pattern.lastIndexOf('/', wild);
  const from = relative(join(directory, pattern.slice(0, cut)), join(goroot, 'src', path));
  if (wild < 0) return from === '';
  return from !== '..' && !from.startsWith('../') && glob(pattern.slice(cut + 1)).test(from);
}

const isLocal = (pattern: string): boolean => /^\.\.?(?:\/|$)/.test(pattern);

/** cmd/internal/pkgpattern.MatchPattern: `...` is any text, and `/...` at the end may be none. */
function glob(pattern: string): RegExp {
  const text = pattern.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const end = text.replace(/\/\\\.\\\.\\\.$/, '(?:/.*)?');
  return new RegExp(`^${end.replaceAll('\\.\\.\\.', '.*')}$`, 's');
}

function refused(flag: string, pattern: string, found: readonly string[], isList: boolean): MapauditError {
  const asked = isList ? `-coverpkg=${pattern}` : `-${flag} of ${pattern}`;
  const ways = isLocal(pattern)
    ? 'Name your own packages by their import paths: -coverpkg=example.com/app/...'
    : 'Name your own packages: -coverpkg=./...';
  return new MapauditError(
    'cover-hooked',
    `${asked} covers ${found.join(', ')}, where the hook is; nothing was built`,
    {
      hint: `go tool cover takes Go's own files there, without the hook. ${ways} Or measure these by plain go.`,
      fields: { packages: found.join(',') },
    },
  );
}
