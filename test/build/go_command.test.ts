import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOOK_FUNCTION } from '../../src/probe/build/sites.ts';
import { GO_VERSIONS, gorootOf } from '../support/go_build.ts';
import { fewOrAll, goEnv, mapauditGo } from '../support/mapaudit_go.ts';

const MAPAUDIT = fileURLToPath(new URL('../../bin/mapaudit', import.meta.url));

/** Works with maps whose keys are strings, numbers and structs; it needs the runtime alone, so it is built soon. */
const MAIN = `package main

import "example.com/words/count"

type pair struct{ a, b string }

func main() {
	m := count.Words([]string{"a", "b", "a"})
	p := map[pair]int{}
	for w, n := range m {
		p[pair{w, w}] += n
	}
	delete(m, "gone")
	println(len(m), len(p), extra())
}
`;
const EXTRA = 'package main\n\nfunc extra() string { return "plain" }\n';
const COUNT = `package count

func Words(words []string) map[string]int {
	m := map[string]int{}
	for _, w := range words {
		m[w]++
	}
	return m
}
`;
const COUNT_TEST = `package count

import "testing"

func TestWords(t *testing.T) {
	if got := Words([]string{"a", "b", "a"}); got["a"] != 2 || len(got) != 2 {
		t.Fatal(got)
	}
}
`;

let folder = '';
const inFolder = (name: string): string => join(folder, name);

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(inFolder(name)), { recursive: true });
    writeFileSync(inFolder(name), text);
  }
}

const isHooked = (path: string): boolean => readFileSync(path).includes(`${HOOK_FUNCTION}\0`);

/** Builds the program with the hook and runs it. */
function built(
  args: readonly string[],
  options: { version?: string; env?: Record<string, string>; at?: string } = {},
): string {
  const out = inFolder('out');
  rmSync(out, { force: true });
  const cwd = inFolder(options.at ?? 'words');
  const { at: _, ...rest } = options;
  const end = mapauditGo(['build', ...args.slice(0, -1), '-o', out, args.at(-1) ?? '.'], { cwd, ...rest });
  expect(end.status, end.stderr).toBe(0);
  expect(isHooked(out)).toBe(true);
  return spawnSync(out, { encoding: 'utf8', env: { ...process.env, GOCOVERDIR: folder } }).stderr.trim();
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mapaudit-go-'));
  write({
    'words/go.mod': 'module example.com/words\n\ngo 1.18\n',
    'words/main.go': MAIN,
    'words/extra.go': EXTRA,
    'words/count/count.go': COUNT,
    'words/count/count_test.go': COUNT_TEST,
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('mapaudit go build', () => {
  for (const flags of [
    [],
    ['-race'],
    ['-trimpath', '-cover', '-ldflags=-s -w'],
    ['-buildmode=pie'],
    ['-gcflags=all=-N -l'],
  ])
    it(`builds a program with the hook: ${flags.join(' ') || 'by default'}`, () => {
      expect(built([...flags, '.'])).toBe('2 2 plain');
    });

  it('with cgo', () => {
    write({ 'c/go.mod': 'module c\n\ngo 1.18\n' });
    write({
      'c/main.go':
        'package main\n\n// int two() { return 2; }\nimport "C"\n\nfunc main() { m := map[string]int{}; m["x"]++; println(len(m), C.two()) }\n',
    });
    built(['.'], { at: 'c', env: { CGO_ENABLED: '1' } });
  });

  for (const version of fewOrAll(['1.18.10', '1.27.4'], GO_VERSIONS))
    it(`with Go ${version}`, () => {
      expect(built(['.'], { version })).toBe('2 2 plain');
    });

  it('with the old maps of Go 1.24', () => {
    expect(built(['.'], { version: '1.24.13', env: { GOEXPERIMENT: 'noswissmap' } })).toBe('2 2 plain');
  });

  it('with the Go that go.mod asks for', () => {
    write({ 'newer/go.mod': 'module newer\n\ngo 1.27.4\n' });
    write({
      'newer/main.go': 'package main\n\nimport "runtime"\n\nfunc main() { println(runtime.Version()) }\n',
    });
    built(['.'], { at: 'newer', env: { GOTOOLCHAIN: 'auto' } });
    expect(spawnSync(inFolder('out'), { encoding: 'utf8' }).stderr.trim()).toBe('go1.27.4');
  });

  it('with a vendor folder, and in a workspace', () => {
    write({
      'app/go.mod':
        'module app\n\ngo 1.18\n\nrequire example.com/words v0.0.0\n\nreplace example.com/words => ../words\n',
      'app/main.go':
        'package main\n\nimport "example.com/words/count"\n\nfunc main() { println(len(count.Words([]string{"x"}))) }\n',
    });
    execFileSync('go', ['mod', 'vendor'], { cwd: inFolder('app'), env: goEnv() });
    expect(built(['-mod=vendor', '.'], { at: 'app' })).toBe('1');
    rmSync(inFolder('app/vendor'), { recursive: true });
    write({ 'go.work': 'go 1.18\n\nuse ./app\nuse ./words\n' });
    try {
      expect(built(['.'], { at: 'app' })).toBe('1');
    } finally {
      rmSync(inFolder('go.work'));
    }
  });

  it("with the user's own overlay, given as a flag or by GOFLAGS", () => {
    write({
      'words/other.txt': 'package main\n\nfunc extra() string { return "replaced" }\n',
      'words/overlay.json': JSON.stringify({ Replace: { 'extra.go': 'other.txt' } }),
    });
    expect(built(['-overlay', 'overlay.json', '.'])).toBe('2 2 replaced');
    const env = { GOFLAGS: `-buildvcs=false -overlay=${inFolder('words/overlay.json')}` };
    write({
      'words/overlay.json': JSON.stringify({
        Replace: { [inFolder('words/extra.go')]: inFolder('words/other.txt') },
      }),
    });
    expect(built(['.'], { env })).toBe('2 2 replaced');
  });

  it("with the user's own text of a file of the runtime that the hook changes, too", () => {
    const own = join(realpathSync(gorootOf('1.26.8')), 'src/runtime/panic.go');
    write({
      'words/panic.txt': `${readFileSync(own, 'utf8')}\nfunc init() { println("my own runtime") }\n`,
      'words/overlay.json': JSON.stringify({ Replace: { [own]: 'panic.txt' } }),
    });
    const path = inFolder('own');
    const end = mapauditGo(['build', '-overlay', 'overlay.json', '-o', path, '.'], {
      cwd: inFolder('words'),
      version: '1.26.8',
    });
    expect(end.status, end.stderr).toBe(0);
    expect(spawnSync(path, { encoding: 'utf8' }).stderr).toContain('my own runtime');
  });

  // As the shell leaves it after `cd link`: go names the directory by PWD, and so must keys of overlays and ../ of go.mod.
  it('from a directory that is reached through a link, as go does', () => {
    write({
      'far/app/go.mod':
        'module app\n\ngo 1.18\n\nrequire example.com/dep v0.0.0\n\nreplace example.com/dep => ../dep\n',
      'far/app/main.go':
        'package main\n\nimport (\n\t"example.com/dep"\n\t"runtime"\n)\n\nfunc main() {\n\t_, file, _, _ := runtime.Caller(0)\n\tprintln(dep.Name(), extra(), file)\n}\n',
      'far/app/extra.go': EXTRA,
      'far/app/other.txt': 'package main\n\nfunc extra() string { return "replaced" }\n',
      'dep/go.mod': 'module example.com/dep\n\ngo 1.18\n',
      'dep/dep.go': 'package dep\n\nfunc Name() string { return "dep" }\n',
    });
    symlinkSync(inFolder('far/app'), inFolder('linked'));
    const [PWD, other] = [inFolder('linked'), inFolder('far/app/other.txt')];
    write({ 'linked.json': JSON.stringify({ Replace: { [join(PWD, 'extra.go')]: other } }) });
    const overlay = `-overlay=${inFolder('linked.json')}`;
    expect(built([overlay, '.'], { at: 'linked', env: { PWD } })).toBe(`dep replaced ${PWD}/main.go`);
    // What is not where PWD says is named by the kernel, and there is no dep beside it.
    const elsewhere = mapauditGo(['build', '-C', 'linked', '-o', '/dev/null', '.'], {
      cwd: folder,
      env: { PWD: folder },
    });
    expect(elsewhere.status).toBe(1);
    expect(elsewhere.stderr).toContain('../dep does not exist');
    // Relative names of files are the kernel's.
    const end = mapauditGo(['build', '-o', '../outside', '.'], { cwd: PWD, env: { PWD } });
    expect(end.status, end.stderr).toBe(0);
    expect(isHooked(inFolder('far/outside'))).toBe(true);
  });

  it('a package that is no program', () => {
    write({ 'words/lib/lib.go': 'package lib\n\nfunc One() int { return 1 }\n' });
    const end = mapauditGo(['build', '-o', inFolder('lib.a'), './lib'], { cwd: inFolder('words') });
    expect(end.status, end.stderr).toBe(0);
    expect(existsSync(inFolder('lib.a'))).toBe(true);
  });

  it('from another directory, to where go build writes by itself', () => {
    const end = mapauditGo(['build', '-C', 'words', '-v'], { cwd: folder });
    expect(end.status, end.stderr).toBe(0);
    expect(isHooked(inFolder('words/words'))).toBe(true);
    rmSync(inFolder('words/words'));
  });

  const elsewhere: readonly (readonly [string, string])[] = [
    ['darwin', 'arm64'],
    ['linux', '386'],
    ['windows', 'amd64'],
    ['linux', 'arm64'],
    ['js', 'wasm'],
  ];
  for (const [goos, goarch] of fewOrAll(elsewhere.slice(0, 2), elsewhere))
    it(`for ${goos}/${goarch}`, () => {
      const out = inFolder('cross');
      const env = { GOOS: goos, GOARCH: goarch, CGO_ENABLED: '0' };
      const end = mapauditGo(['build', '-o', out, '.'], { cwd: inFolder('words'), env });
      expect(end.status, end.stderr).toBe(0);
      // Names in a wasm module stand in segments that leave zeros out.
      expect(readFileSync(out).includes(HOOK_FUNCTION)).toBe(true);
    });

  it('leaves other builds as they are, and does nothing the second time', () => {
    const [plain, hooked] = [inFolder('plain'), inFolder('out')];
    built(['.']);
    const made = statSync(hooked).mtimeMs;
    execFileSync('go', ['build', '-o', plain, '.'], { cwd: inFolder('words'), env: goEnv() });
    expect(isHooked(plain)).toBe(false);
    const again = mapauditGo(['build', '-x', '-o', hooked, '.'], { cwd: inFolder('words') });
    expect(again.stderr).not.toContain('/compile ');
    expect(statSync(hooked).mtimeMs).toBeGreaterThanOrEqual(made);
  });
});

describe('mapaudit go', () => {
  it('runs a program, and ends as it ends', () => {
    const run = mapauditGo(['run', '.'], { cwd: inFolder('words') });
    expect(run).toMatchObject({ status: 0, stderr: '2 2 plain\n' });
    write({
      'fails/go.mod': 'module fails\n',
      'fails/main.go': 'package main\n\nfunc main() { panic("no") }\n',
    });
    expect(mapauditGo(['run', '.'], { cwd: inFolder('fails') }).status).toBe(1);
    expect(mapauditGo(['build', './nowhere'], { cwd: inFolder('words') }).status).toBe(1);
    expect(mapauditGo(['build', '-nonsense'], { cwd: inFolder('words') }).status).toBe(2);
  });

  it('tests and vets', () => {
    const test = mapauditGo(['test', './...', '-run', 'Words', '-v', '-count=1'], { cwd: inFolder('words') });
    expect(test.status, test.stderr + test.stdout).toBe(0);
    expect(test.stdout).toContain('--- PASS: TestWords');
    const covered = mapauditGo(['test', '-cover', './count'], { cwd: inFolder('words') });
    expect(covered.status, covered.stderr).toBe(0);
    for (const version of fewOrAll(['1.26.8'], ['1.19.13', '1.26.8'])) {
      const vet = mapauditGo(['vet', './...'], { cwd: inFolder('words'), version });
      expect(vet.status, vet.stderr).toBe(0);
    }
  });

  // There the main module is std, whose packages are found where the go command stands, not through GOROOT.
  for (const version of fewOrAll(['1.26.8'], ['1.18.10', '1.23.12', '1.26.8', '1.27.4']))
    it(`with Go ${version}: tests a package of the standard library where it lies`, () => {
      const src = join(gorootOf(version), 'src');
      const env = { GOFLAGS: '' };
      const calls: readonly (readonly [string, readonly string[]])[] = [
        [src, ['test', '-count=1', 'errors']],
        [join(src, 'errors'), ['test', '-count=1', '.']],
        // Go 1.20 brought -C.
        ...(version.startsWith('1.18')
          ? []
          : [[folder, ['test', '-C', src, '-count=1', './errors']] as const]),
      ];
      for (const [cwd, args] of calls) {
        const end = mapauditGo(args, { cwd, version, env });
        expect(end.status, end.stderr + end.stdout).toBe(0);
        expect(end.stdout).toMatch(/^ok\s+errors\s/);
      }
    });

  it('installs', () => {
    const env = { GOBIN: inFolder('bin') };
    const end = mapauditGo(['install', '.'], { cwd: inFolder('words'), env });
    expect(end.status, end.stderr).toBe(0);
    expect(isHooked(inFolder('bin/words'))).toBe(true);
  });

  it('passes on what needs no hook', () => {
    const plain = execFileSync('go', ['env', 'GOROOT'], { cwd: folder, env: goEnv(), encoding: 'utf8' });
    expect(mapauditGo(['env', 'GOROOT'], { cwd: folder }).stdout).toBe(plain);
    expect(mapauditGo(['nonsense'], { cwd: folder }).status).toBe(2);
  });

  it('refuses to cover what has the hook, before anything is built, and covers what its hint names', () => {
    const cover = (...args: string[]) => mapauditGo(args, { cwd: inFolder('words') });
    const out = inFolder('covered');
    for (const args of [
      ['build', '-coverpkg=all', '-o', out, '.'],
      ['test', '-coverpkg=testing,internal/race', './count'],
    ]) {
      const end = cover(...args);
      expect(end.status).toBe(1);
      expect(end.stderr).toMatch(/covers .*where the hook is.*nothing was built/);
      expect(end.stderr).toContain('-coverpkg=./...');
      expect(end.stdout).toBe('');
    }
    expect(existsSync(out)).toBe(false);
    const right = cover('test', '-coverpkg=./...', './count');
    expect(right.status, right.stderr + right.stdout).toBe(0);
    expect(right.stdout).toContain('coverage:');
  });

  it('says what is wrong with an overlay', () => {
    write({ 'bad.json': '{"Replace": 3}' });
    const end = mapauditGo(['build', '-overlay', inFolder('bad.json'), '.'], { cwd: inFolder('words') });
    expect(end.status).toBe(1);
    expect(end.stderr).toContain('bad.json');
  });

  it('hands signals on, and ends as its child does', async () => {
    write({
      'fake/go':
        '#!/bin/sh\ntrap "kill $! 2>/dev/null; echo got; exit 7" TERM\necho ready\nsleep 20 & wait\n',
    });
    chmodSync(inFolder('fake/go'), 0o755);
    const env = { ...process.env, PATH: `${inFolder('fake')}:${process.env['PATH'] ?? ''}` };
    const child = spawn(process.execPath, [MAPAUDIT, 'go', 'version'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (data: Buffer) => {
      said += data.toString();
      if (said === 'ready\n') child.kill('SIGTERM');
    });
    const end = await new Promise((resolve) => child.once('exit', (code, name) => resolve([code, name])));
    expect([said, end]).toEqual(['ready\ngot\n', [7, null]]);
    writeFileSync(inFolder('fake/go'), '#!/bin/sh\nkill -HUP $$\n');
    expect(spawnSync(process.execPath, [MAPAUDIT, 'go', 'version'], { env }).signal).toBe('SIGHUP');
  });
});
