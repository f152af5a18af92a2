/**
 * Go's own tests with the hook recording all the time: npm run go-tests [-- 1.26.8 …] [-- --only maps,sync]
 *
 * The runtime that the tests run on is the patched one, and each test process is its own recorder, with rings that are
 * overwritten: a record for every map operation. What fails without the hook too is named, and does not count.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gorootOf } from '../test/support/go_build.ts';
import { goEnv, mapauditGo } from '../test/support/mapaudit_go.ts';

const VERSIONS = ['1.23.12', '1.26.8', '1.27.4'];
const PACKAGES = ['maps', 'sync', 'reflect', 'encoding/json', 'internal/runtime/maps', 'net/http', 'runtime'];
/** The package came with Go 1.24. */
const SINCE: Readonly<Record<string, number>> = { 'internal/runtime/maps': 24 };

const args = process.argv.slice(2);
const only = args.includes('--only') ? args[args.indexOf('--only') + 1]?.split(',') : undefined;
const named = args.filter((arg) => /^1\.\d+\.\d+$/.test(arg));

for (const version of named.length > 0 ? named : VERSIONS)
  for (const name of PACKAGES.filter((one) => only?.includes(one) ?? true)) {
    const minor = Number(version.split('.')[1]);
    if (minor < (SINCE[name] ?? 0)) continue;
    const test = ['test', '-short', '-count=1', name];
    const cwd = join(gorootOf(version), 'src');
    const env = { MAPAUDIT: 'record=last:256', GOFLAGS: '' };
    const end = mapauditGo(test, { cwd, version, env });
    const failed = failures(end.stdout);
    const plain = end.status === 0 ? [] : failures(plainRun(test, cwd, version));
    const ours = failed.filter((one) => !plain.includes(one));
    const ok = end.status === 0 || (failed.length > 0 && ours.length === 0);
    process.stdout.write(
      `go${version} ${name}: ${ok ? 'ok' : 'FAILED'}${plain.length > 0 ? ` (without the hook, too: ${plain.join(', ')})` : ''}\n`,
    );
    if (ok) continue;
    process.stdout.write(`  ${ours.join(', ')}\n${end.stdout.slice(-3000)}${end.stderr.slice(-2000)}\n`);
    process.exitCode = 1;
  }

function plainRun(test: readonly string[], cwd: string, version: string): string {
  const end = spawnSync('go', test, { cwd, env: { ...goEnv(version), GOFLAGS: '' }, encoding: 'utf8' });
  return end.stdout;
}

function failures(output: string): string[] {
  return [...output.matchAll(/^\s*--- FAIL: (\S+)/gm)].map((match) => match[1] ?? '');
}
