import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HotCall, profileOf } from './profile.ts';

const CACHE = fileURLToPath(new URL('../.cache/', import.meta.url));
const PROGRAMS = fileURLToPath(new URL('../programs/', import.meta.url));

/** The newest patch of each supported release. */
export const GO_VERSIONS = [
  '1.18.10', '1.19.13', '1.20.14', '1.21.13', '1.22.12',
  '1.23.12', '1.24.13', '1.25.8', '1.26.8', '1.27.4',
] as const; // prettier-ignore

/** Ways to build that change what a binary looks like. */
export const BUILDS = {
  default: [],
  stripped: ['-ldflags=-s -w'],
  pie: ['-buildmode=pie'],
  // A program without C code of its own is linked externally all the same.
  cgo: ['-ldflags=-linkmode=external', '-tags=withcgo'],
  race: ['-race'],
  N: ['-gcflags=all=-N -l'],
  trimpath: ['-trimpath'],
  // From Go 1.21 on.
  pgo: ['-pgo=PROFILE'],
} as const satisfies Record<string, readonly string[]>;

export type Build = keyof typeof BUILDS;

/** What a profile makes the compiler inline: the work of a delete and of a clear, into the function that is probed. */
const HOT: readonly HotCall[] = [
  { caller: 'runtime.mapdelete', callee: 'internal/runtime/maps.(*Map).Delete' },
  { caller: 'runtime.mapclear', callee: 'internal/runtime/maps.(*Map).Clear' },
  { caller: 'internal/runtime/maps.(*Map).Clear', callee: 'internal/runtime/maps.(*table).Clear' },
];

/**
 * Builds a program of test/programs with a Go release, once for each state of its sources; returns its path.
 * `experiment` is a GOEXPERIMENT.
 */
export function buildGo(
  program: string,
  version: string = '1.26.8',
  build: Build = 'default',
  experiment = '',
): string {
  const folder = join(PROGRAMS, program);
  const flags = BUILDS[build].map((flag) => flag.replace('PROFILE', profilePath));
  const hash = createHash('sha256').update(JSON.stringify([version, flags, experiment]));
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (file.isFile()) hash.update(file.name).update(readFileSync(join(file.parentPath, file.name)));
  const out = join(CACHE, 'bin', `${program}-${version}-${build}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(out)) return out;
  const goroot = gorootOf(version);
  const env = {
    ...process.env,
    GOROOT: goroot,
    GOTOOLCHAIN: 'local',
    GOFLAGS: '-buildvcs=false',
    CGO_ENABLED: '1',
    ...(experiment === '' ? {} : { GOEXPERIMENT: experiment }),
  };
  const unfinished = `${out}.${process.pid}`;
  execFileSync(join(goroot, 'bin/go'), ['build', ...flags, '-o', unfinished, '.'], {
    cwd: folder,
    env,
    stdio: 'pipe',
  });
  renameSync(unfinished, out);
  return out;
}

/** Writes the profile of `pgo` builds; gives its path. */
function profilePath(): string {
  const path = join(CACHE, 'hot.pgo');
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(`${path}.${process.pid}`, profileOf(HOT));
  renameSync(`${path}.${process.pid}`, path);
  return path;
}

/**
 * A release's GOROOT, through a link: Go 1.19 builds nothing while its own tree lies in the module cache,
 * where toolchains are downloaded to.
 */
export function gorootOf(version: string): string {
  const link = join(CACHE, 'goroot', `go${version}`);
  if (existsSync(link)) return link;
  mkdirSync(join(CACHE, 'goroot'), { recursive: true });
  mkdirSync(join(CACHE, 'bin'), { recursive: true });
  try {
    const env = { ...process.env, GOTOOLCHAIN: `go${version}` };
    const goroot = execFileSync('go', ['env', 'GOROOT'], { env, encoding: 'utf8' }).trim();
    symlinkSync(goroot, link);
  } catch (cause) {
    if (existsSync(link)) return link; // another worker was quicker
    throw new Error(`Go ${version} cannot be had; try: GOTOOLCHAIN=go${version} go version`, { cause });
  }
  return link;
}
