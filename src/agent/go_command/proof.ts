import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { MapauditError } from '../../base/errors.ts';
import { HOOK_FUNCTION } from '../../probe/build/sites.ts';
import { flagValue, type GoCall } from './arguments.ts';

/** How the hooked go command is run. */
export interface GoRun {
  readonly go: string;
  readonly env: NodeJS.ProcessEnv;
  readonly directory: string;
  readonly overlay: string;
}

/** Flags that decide which build of a package is meant; `go list` understands them, too. */
const BUILD_FLAGS = new Set(
  'race msan asan trimpath gcflags asmflags tags mod modfile modcacherw buildmode compiler installsuffix pkgdir toolexec'.split(
    ' ',
  ),
);

/**
 * Fails unless the package runtime, as this call builds it, has the hook. It is compiled if it was not yet; gives
 * false when it does not compile, which the go command says best. Errors: `hook-missing`.
 */
export function proveRuntime(call: GoCall, run: GoRun): boolean {
  const [archive = ''] = list(call, run, ['-export', '-f', '{{.Export}}'], ['runtime']);
  if (archive === '') return false;
  // An object file names functions without their package up to Go 1.19.
  const name = HOOK_FUNCTION.slice(HOOK_FUNCTION.indexOf('.') + 1);
  if (!readFileSync(archive).includes(name)) throw hookMissing('package runtime');
  return true;
}

/**
 * Fails unless every program that this call has written has the hook. Gives how many there are; none when they
 * were thrown away, or are no programs. Errors: `hook-missing`.
 */
export function proveOutputs(call: GoCall, run: GoRun): number {
  const outputs = outputsOf(call, run).filter((path) => existsSync(path) && statSync(path).isFile());
  let programs = 0;
  for (const path of outputs) {
    const bytes = readFileSync(path);
    // What is written of a package that is no program is an archive without a runtime.
    if (bytes.subarray(0, ARCHIVE.length).equals(ARCHIVE)) continue;
    // Names of functions stand in the pclntab, which no flag strips: each ends with a zero byte.
    if (!bytes.includes(`${HOOK_FUNCTION}\0`)) throw hookMissing(path);
    programs++;
  }
  return programs;
}

/** How ar(5) files begin. */
const ARCHIVE = Buffer.from('!<arch>\n');

function outputsOf(call: GoCall, run: GoRun): readonly string[] {
  const out = flagValue(call, 'o');
  const target = out === undefined ? run.directory : resolve(run.directory, out);
  const isFolder = existsSync(target) && statSync(target).isDirectory();
  // The usual case, and the quickest: no need to ask what was meant.
  if (out !== undefined && !isFolder) return out === '/dev/null' ? [] : [target];
  const format = '{{if eq .Name "main"}}{{.ImportPath}}\t{{.Target}}{{end}}';
  const programs = list(call, run, ['-f', format], call.rest);
  return programs.flatMap((line) => {
    const [path = '', installed = ''] = line.split('\t');
    if (call.verb === 'install') return installed === '' ? [] : [installed];
    // Several programs without a folder to go to are thrown away.
    if (!isFolder || (out === undefined && programs.length > 1)) return [];
    return programIn(target, path, call.rest);
  });
}

/** load.DefaultExecName: the last part of the path that is no version, or the first file's name. */
function programIn(folder: string, path: string, rest: readonly string[]): readonly string[] {
  const parts = path.split('/');
  const versioned = parts.length > 1 && /^v[0-9]+$/.test(parts.at(-1) ?? '');
  const name =
    path === 'command-line-arguments'
      ? basename(rest[0] ?? '').replace(/\.go$/, '')
      : parts.at(versioned ? -2 : -1);
  const names = [name, `${name ?? ''}.exe`];
  return readdirSync(folder)
    .filter((file) => names.includes(file))
    .map((file) => join(folder, file));
}

/** Lines of `go list` with the flags of this call that decide what is built; none when it fails. */
function list(call: GoCall, run: GoRun, flags: readonly string[], packages: readonly string[]): string[] {
  const same = call.flags.filter((flag) => BUILD_FLAGS.has(flag.name)).flatMap((flag) => flag.words);
  const args = ['list', `-overlay=${run.overlay}`, ...same, ...flags, '--', ...packages];
  const { stdout, status } = spawnSync(run.go, args, {
    cwd: run.directory,
    env: run.env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  });
  return status === 0 ? stdout.split('\n').filter((line) => line !== '') : [];
}

/** The error of all proofs. */
export const hookMissing = (what: string): MapauditError =>
  new MapauditError('hook-missing', `${what} was built without the hook`, {
    hint: 'Does -toolexec, -pkgdir or another flag bring a runtime of its own? The kernel probe needs no rebuild.',
  });
