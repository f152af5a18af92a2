import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gorootOf } from './go_build.ts';

const MAPAUDIT = fileURLToPath(new URL('../../bin/mapaudit', import.meta.url));
const CACHE = fileURLToPath(new URL('../.cache/', import.meta.url));
const PROGRAMS = fileURLToPath(new URL('../programs/', import.meta.url));
const HOOK = fileURLToPath(new URL('../../go/hook/', import.meta.url));
const GENERATOR = fileURLToPath(new URL('../../src/probe/build/overlay/', import.meta.url));

/** How `mapaudit go` is run. */
export interface GoOptions {
  readonly cwd: string;
  /** A release of GO_VERSIONS; by default the go command of PATH. */
  readonly version?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface GoEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment in which `go` is a release's own. */
export function goEnv(version?: string): NodeJS.ProcessEnv {
  const env = { ...process.env, GOFLAGS: '-buildvcs=false', GOROOT: undefined };
  if (version === undefined) return env;
  return {
    ...env,
    GOTOOLCHAIN: 'local',
    PATH: `${join(gorootOf(version), 'bin')}:${process.env['PATH'] ?? ''}`,
  };
}

/** Runs `mapaudit go …` to its end. */
export function mapauditGo(args: readonly string[], { cwd, version, env }: GoOptions): GoEnd {
  return spawnSync(process.execPath, [MAPAUDIT, 'go', ...args], {
    cwd,
    env: { ...goEnv(version), ...env },
    encoding: 'utf8',
  });
}

/** Builds a program of test/programs with the hook, once for each state of program, hook and generator. */
export function buildHooked(
  program: string,
  version: string = '1.26.8',
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): string {
  const folder = join(PROGRAMS, program);
  const hash = createHash('sha256').update(JSON.stringify([version, flags, env]));
  for (const from of [folder, HOOK, GENERATOR, join(GENERATOR, '..', 'sites.ts')]) hashAll(hash, from);
  const out = join(CACHE, 'bin', `${program}-${version}-hooked-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(out)) return out;
  mkdirSync(join(CACHE, 'bin'), { recursive: true });
  const end = mapauditGo(['build', ...flags, '-o', out, '.'], { cwd: folder, version, env });
  if (end.status !== 0) throw new Error(`mapaudit go build: ${end.stderr}`);
  return out;
}

function hashAll(hash: ReturnType<typeof createHash>, from: string): void {
  if (from.endsWith('.ts')) {
    hash.update(readFileSync(from));
    return;
  }
  for (const file of readdirSync(from, { recursive: true, withFileTypes: true }))
    if (file.isFile()) hash.update(file.name).update(readFileSync(join(file.parentPath, file.name)));
}
