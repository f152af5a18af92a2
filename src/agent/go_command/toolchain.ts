import { spawnSync } from 'node:child_process';
import { MapauditError } from '../../base/errors.ts';
import { parseGoVersion } from '../../go/version_text.ts';
import { NEWEST_KNOWN_MINOR, OLDEST_KNOWN_MINOR } from '../../go/versions/runtime_offsets.ts';
import type { GoVersion } from '../../model/go_version.ts';
import type { WorkingDirectory } from './working_directory.ts';

/** The Go that the user's own settings lead to in a directory. */
export interface Toolchain {
  readonly goroot: string;
  readonly version: GoVersion;
  /** GOFLAGS of environment or `go env -w`. */
  readonly flags: string;
  /** Where modules lie; empty where neither GOMODCACHE nor GOPATH nor HOME is set. */
  readonly moduleCache: string;
}

const WANTED = ['GOROOT', 'GOVERSION', 'GOFLAGS', 'GOMODCACHE'] as const;

/**
 * Asks the user's go command: go.mod, go.work and GOTOOLCHAIN choose, and what they choose is downloaded. Errors:
 * `no-go`, `go-failed`, `unknown-runtime`.
 */
export function toolchainIn({ real, named }: WorkingDirectory): Toolchain {
  const asked = spawnSync('go', ['env', '-json', ...WANTED], {
    cwd: real,
    encoding: 'utf8',
    env: { ...process.env, PWD: named },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (asked.error !== undefined) throw noGo(asked.error, named);
  if (asked.status !== 0) throw new MapauditError('go-failed', `go env: ${asked.stderr.trim()}`);
  const { GOROOT, GOVERSION, GOFLAGS, GOMODCACHE } = answerOf(asked.stdout);
  const version = parseGoVersion(GOVERSION);
  if (version === undefined || version.minor < OLDEST_KNOWN_MINOR || version.minor > NEWEST_KNOWN_MINOR)
    throw new MapauditError('unknown-runtime', `the hook does not fit into ${GOVERSION || 'this Go'}`, {
      hint: `It fits Go 1.${OLDEST_KNOWN_MINOR} to 1.${NEWEST_KNOWN_MINOR}. The kernel probe (mapaudit trace) needs no rebuild.`,
    });
  return { goroot: GOROOT, version, flags: GOFLAGS, moduleCache: GOMODCACHE };
}

function answerOf(text: string): Record<(typeof WANTED)[number], string> {
  const values: unknown = JSON.parse(text);
  const value = (name: string): string => {
    const found: unknown =
      typeof values === 'object' && values !== null ? Reflect.get(values, name) : undefined;
    return typeof found === 'string' ? found : '';
  };
  return {
    GOROOT: value('GOROOT'),
    GOVERSION: value('GOVERSION'),
    GOFLAGS: value('GOFLAGS'),
    GOMODCACHE: value('GOMODCACHE'),
  };
}

const noGo = (cause: Error, directory: string): MapauditError =>
  new MapauditError('no-go', `the go command cannot be run in ${directory}: ${cause.message}`, {
    hint: 'Is Go installed, and in PATH? https://go.dev/dl',
    cause,
  });
