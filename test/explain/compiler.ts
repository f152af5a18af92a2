import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BUILDS, type Build, gorootOf } from '../support/go_build.ts';

/** What the compiler itself says that it calls: `function file:line callee` -> how often. */
export type Calls = ReadonlyMap<string, number>;

const CALL = /\(([^()]*):(\d+)\)\tCALL\t([^\t(]+)\(SB\)/;
const WANTED =
  /^(runtime\.(map(access|assign|delete|clear|iter|Iter)\w*|makemap\w*|fastrand|rand|rand32)|maps\.clone)$/;

/** Asks a release's compiler to print the code of a program of test/programs (`-gcflags=-S`), by function. */
export function compilerCalls(program: string, version: string, build: Build): Map<string, Calls> {
  const folder = fileURLToPath(new URL(`../programs/${program}/`, import.meta.url));
  const goroot = gorootOf(version);
  const flags = build === 'N' ? '-N -l -S' : '-S';
  const rest = BUILDS[build].filter((flag) => !flag.startsWith('-gcflags'));
  const env = {
    ...process.env,
    GOROOT: goroot,
    GOTOOLCHAIN: 'local',
    GOFLAGS: '-buildvcs=false',
    CGO_ENABLED: '1',
  };
  const args = ['build', ...rest, `-gcflags=${flags}`, '-o', '/dev/null', '.'];
  // The compiler's code comes on stderr.
  const { status, stderr } = spawnSync(`${goroot}/bin/go`, args, {
    cwd: folder,
    env,
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`go ${args.join(' ')} failed: ${stderr.slice(0, 2000)}`);
  return parse(stderr);
}

function parse(printed: string): Map<string, Calls> {
  const functions = new Map<string, Map<string, number>>();
  let calls = new Map<string, number>();
  for (const line of printed.split('\n')) {
    const [, header] = /^(\S.*?) STEXT /.exec(line) ?? [];
    if (header !== undefined) {
      calls = new Map();
      // Up to 1.19 the package's own symbols are printed with an empty path.
      functions.set(header.replaceAll('"".', 'main.'), calls);
    }
    const [, file = '', at = '', callee = ''] = CALL.exec(line) ?? [];
    if (!WANTED.test(callee)) continue;
    const key = `${file.slice(file.lastIndexOf('/') + 1)}:${at} ${callee}`;
    calls.set(key, (calls.get(key) ?? 0) + 1);
  }
  return functions;
}
