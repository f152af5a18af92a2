import { join } from 'node:path';
import { MapauditError, isMapauditError, messageOf } from '../../base/errors.ts';
import { flagValue, type GoCall, hasFlag, parseGoCall, wordsWithout } from './arguments.ts';
import { refuseCovered } from './covered.ts';
import { hookedRoot } from './hooked_root.ts';
import { MAP_LEAKS, MAP_RACES, mapChecksOf } from './map_checks.ts';
import { type GoRun, hookMissing, proveOutputs, proveRuntime } from './proof.ts';
import { type ChildEnd, runChild } from './run_child.ts';
import { toolchainIn } from './toolchain.ts';
import { overlayFileOf, readOverlay } from './user_overlay.ts';
import { workingDirectory, workingName } from './working_directory.ts';

/** Verbs that compile. All others go to the user's own go command as they are. */
const HOOKED = new Set(['build', 'install', 'run', 'test', 'vet']);

/**
 * `mapaudit go …`: the go command, with the hook in the runtime of what it builds. Gives how it ended. Errors:
 * `no-go`, `go-failed`, `unknown-runtime`, `bad-overlay`, `cache`, `cover-hooked`, `hook-missing`, `usage-map-races`, `usage-map-leaks`.
 */
export async function runGo(args: readonly string[]): Promise<ChildEnd> {
  const call = parseGoCall(args);
  if (call.verb === undefined || !HOOKED.has(call.verb) || asksForHelp(call))
    return start('go', args, process.env);
  const checks = mapChecksOf(call, process.env['MAPAUDIT']);
  const directory = workingDirectory(call.directory, process.env['PWD']);
  const toolchain = toolchainIn(directory);
  const file = overlayFileOf(call, toolchain.flags);
  const root = hookedRoot(toolchain, file === undefined ? new Map() : readOverlay(file, directory));
  const named = workingName(directory, root.goroot);
  refuseCovered(call, toolchain.flags, { paths: root.packages, goroot: root.goroot, directory: named });
  const run: GoRun = {
    go: join(root.goroot, 'bin', 'go'),
    env: {
      ...process.env,
      GOROOT: root.goroot,
      GOTOOLCHAIN: 'local',
      // Without one, Go since 1.25 takes all overlaid files for files of it, which must not be replaced.
      ...(toolchain.moduleCache === '' ? { GOMODCACHE: `${root.goroot}.modules` } : {}),
      PWD: named,
      ...(checks === undefined ? {} : { MAPAUDIT: checks }),
    },
    directory: directory.real,
    overlay: root.overlay,
  };
  const proves = !hasFlag(call, 'n');
  // Programs and tests run within the command: what they are built with is looked at before.
  const proven = proves && call.verb !== 'build' && call.verb !== 'install' && proveRuntime(call, run);
  const isFresh = checks !== undefined && call.verb === 'test' && !saysCount(call, toolchain.flags);
  const words = [`-overlay=${root.overlay}`, ...(isFresh ? ['-count=1'] : [])];
  const end = await start(run.go, withOurs(call, words), run.env);
  if (proves && !proven && end.code === 0 && proveOutputs(call, run) === 0 && !proveRuntime(call, run))
    throw hookMissing('package runtime');
  return end;
}

const asksForHelp = (call: GoCall): boolean => hasFlag(call, 'h') || hasFlag(call, 'help');

/**
 * Results are kept by what was built and what a test asked for; the environment that its runtime read is neither. And
 * what was not met in one run may be met in the next.
 */
const saysCount = (call: GoCall, goflags: string): boolean =>
  hasFlag(call, 'count') || /(?:^|\s)['"]?--?(?:test\.)?count=/.test(goflags);

/**
 * The same words, with our overlay and without theirs, which ours contains, nor what is ours to read. An -overlay that
 * names no file stays: the go command says so.
 */
function withOurs(call: GoCall, ours: readonly string[]): readonly string[] {
  const theirs = flagValue(call, 'overlay') === undefined ? [] : ['overlay'];
  return [...call.head, ...ours, ...wordsWithout(call, ...theirs, MAP_RACES, MAP_LEAKS)];
}

async function start(path: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<ChildEnd> {
  try {
    return await runChild(path, args, env);
  } catch (cause) {
    if (isMapauditError(cause)) throw cause;
    throw new MapauditError('no-go', `${path} cannot be run: ${messageOf(cause)}`, {
      hint: 'Is Go installed, and in PATH? https://go.dev/dl',
      cause,
    });
  }
}
