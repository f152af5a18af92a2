import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mapaudit-package-'));
const place = join(folder, 'empty');
const mapaudit = join(place, 'node_modules', '.bin', 'mapaudit');
let files: readonly string[] = [];

/** npm without the settings that `npm test` hands down to its children. */
function npm(args: readonly string[], cwd: string): string {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(lifecycle|package|config_local_prefix)/i.test(name),
  );
  return execFileSync('npm', args, { cwd, encoding: 'utf8', env: Object.fromEntries(kept) });
}

beforeAll(() => {
  mkdirSync(place);
  const packed = npm(['pack', '--json', '--silent', '--pack-destination', folder], repository);
  const [made] = JSON.parse(packed.slice(packed.indexOf('['))) as [
    { filename: string; files: { path: string }[] },
  ];
  files = made.files.map((file) => file.path);
  writeFileSync(join(place, 'package.json'), '{ "private": true }');
  // What npm ci has brought need not come again, and a registry may fail to answer once.
  const install = [
    'install',
    '--prefer-offline',
    '--omit=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const tryIt = (tries: number): void => {
    try {
      npm([...install, join(folder, made.filename)], place);
    } catch (error) {
      if (tries === 1) throw error;
      tryIt(tries - 1);
    }
  };
  tryIt(3);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('what the package has, and what it has not', () => {
  const wanted = [
    'bin/mapaudit',
    'dist/cli/main.js',
    'bpf/mapaudit.bpf.o',
    'bpf/mapaudit.bpf.c',
    'bpf/race.bpf.o',
    'bpf/race.bpf.c',
    'bpf/hit.h',
    'bpf/watch.bpf.o',
    'bpf/watch.bpf.c',
  ];
  const pages = [
    'docs/cli.md',
    'docs/json.md',
    'docs/schema/event.json',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
    'SECURITY.md',
  ];
  expect(files).toEqual(expect.arrayContaining([...wanted, ...pages]));
  expect(files.filter((file) => /^(src|test|scripts|node_modules)\/|\.test\./.test(file))).toEqual([]);
});

test('installed into an empty folder, it runs', () => {
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    version: string;
  };
  expect(execFileSync(mapaudit, ['--version'], { cwd: place, encoding: 'utf8' })).toBe(`${version}\n`);
  expect(execFileSync(mapaudit, ['trace', '--help'], { cwd: place, encoding: 'utf8' })).toContain('--op');
});

test.runIf(existsSync(join(repository, 'src/agent/index.ts')))('installed, it checks a binary', () => {
  const program = join(folder, 'program');
  mkdirSync(program);
  writeFileSync(join(program, 'go.mod'), 'module example.com/program\n\ngo 1.18\n');
  const source =
    'package main\n\nfunc main() {\n\tm := map[string]int{"a": 1}\n\tdelete(m, "a")\n\tprintln(len(m))\n}\n';
  writeFileSync(join(program, 'main.go'), source);
  execFileSync('go', ['build', '-o', 'program', '.'], { cwd: program });
  const { stdout } = spawnSync(mapaudit, ['check', join(program, 'program'), '--json'], {
    cwd: place,
    encoding: 'utf8',
  });
  const report = JSON.parse(stdout) as { sites: { function: string }[] };
  expect(report.sites.map((site) => site.function)).toContain('runtime.mapdelete_faststr');
});

test('an old Node is told so, before anything is loaded', () => {
  const older =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.1.0' } });";
  const pretend = `data:text/javascript,${encodeURIComponent(older)}`;
  const { stderr, status } = spawnSync(process.execPath, ['--import', pretend, mapaudit, '--version'], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining('mapaudit needs Node 20.19 or newer; this is 18.1.0'),
  ]);
});

test('the lock file names no registry', () => {
  const lock = readFileSync(join(repository, 'package-lock.json'), 'utf8');
  expect(lock).not.toContain('"resolved"');
});
