import { execFile } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { FAKE_COMMAND, fakeMapaudit, finished, startFake } from './child.ts';

const folder = mkdtempSync(join(tmpdir(), 'mapaudit-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('trace', () => {
  test('header, heading, events, why it ended, summary', async () => {
    const { stdout, code } = await fakeMapaudit(['trace', '-p', '4242']);
    const lines = stdout.split('\n');
    expect(code).toBe(0);
    expect(lines[0]).toBe('shop (pid 4242) go1.26.8 swiss · 5 probes in 41 ms · Ctrl-C ends');
    expect(lines[1]).toMatch(/^TIME +OP +MAP +KEY +FOUND +LEN +GOROUTINE +CALLER$/);
    expect(lines[2]?.split(/ {2,}/)).toEqual([
      '12:01:33.102',
      'delete',
      'map[string]*shop.Session #3',
      '"sess:91af"',
      'yes',
      '1204',
      '918 shop.(*Cache).janitor',
      'shop.(*Cache).evict cache.go:88',
    ]);
    const column = (title: string): number => lines[1]?.indexOf(title) ?? -1;
    expect(lines[2]?.indexOf('"sess:')).toBe(column('KEY'));
    expect(lines[2]?.indexOf('shop.(*Cache).evict')).toBe(column('CALLER'));
    expect(lines.at(-3)).toBe('The program has ended.');
    expect(lines.at(-2)).toBe('6 events · 0 lost · 6 deletes (6 found their key, 0 did not)');
  });

  test('stacks stand below their event', async () => {
    const { stdout } = await fakeMapaudit(['trace', '-p', '4242', '--count', '1', '--stack']);
    expect(stdout).toContain(
      '\n              example.com/shop.(*Cache).janitor  /src/shop/cache.go:61  (inlined)\n',
    );
    expect(stdout).toContain('· ends after 1 event');
  });

  test.each([[[]], [['--json']], [['--stack']], [['--color=never', '--json', '--stack']]])(
    'nothing in a target steers the terminal %j',
    async (more) => {
      const { stdout } = await fakeMapaudit(['trace', '-p', '7000', '--count', '3', ...more]);
      expect(stdout.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u202e]/);
      expect(stdout).toContain('日本語のとても長い鍵');
    },
  );

  test('colours only when asked for; NO_COLOR and pipes have none', async () => {
    const args = ['trace', '-p', '4242', '--count', '1'];
    expect((await fakeMapaudit(args)).stdout).not.toContain('\x1b[');
    expect((await fakeMapaudit([...args, '--color'], { NO_COLOR: '1' })).stdout).toContain(
      '\x1b[31m12:01:33',
    );
  });

  test('-o writes a file that only its owner reads, and the summary is seen', async () => {
    const file = join(folder, 'events.txt');
    const { stdout, stderr, code } = await fakeMapaudit(['trace', '-p', '4242', '--count', '2', '-o', file]);
    expect([code, stdout, stderr]).toEqual([
      0,
      '',
      '2 events · 0 lost · 2 deletes (2 found their key, 0 did not)\n',
    ]);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(6);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('-o makes a file that others could read private before it writes; devices stay as they are', async () => {
    const file = join(folder, 'open.txt');
    writeFileSync(file, 'of before', { mode: 0o644 });
    await fakeMapaudit(['trace', '-p', '4242', '--count', '2', '-o', file]);
    expect([statSync(file).mode & 0o777, readFileSync(file, 'utf8').includes('of before')]).toEqual([
      0o600,
      false,
    ]);
    const before = statSync('/dev/null').mode;
    expect((await fakeMapaudit(['trace', '-p', '4242', '--count', '2', '-o', '/dev/null'])).code).toBe(0);
    expect(statSync('/dev/null').mode).toBe(before);
  });
});

describe('an output that fails', () => {
  test('the reader goes away: a quiet end', async () => {
    const command = [...FAKE_COMMAND, 'trace', '-p', '5000'].map((word) => `'${word}'`).join(' ');
    const run = promisify(execFile)('bash', ['-c', `set -o pipefail; ${command} | head -n 3`]);
    const { stdout, stderr } = await run;
    expect(stdout.split('\n')).toHaveLength(4);
    expect(stderr).toBe('');
  });

  test('the disk is full', async () => {
    const { code, stderr } = await finished(
      startFake(['trace', '-p', '5000'], {}, openSync('/dev/full', 'w')),
    );
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('cannot write to stdout: the disk is full (output-failed)'),
    ]);
    const file = await fakeMapaudit(['trace', '-p', '5000', '-o', '/dev/full']);
    expect([file.code, file.stderr]).toEqual([
      1,
      expect.stringContaining('cannot write to /dev/full: the disk is full'),
    ]);
  });

  test('the file cannot be made', async () => {
    const { code, stderr } = await fakeMapaudit(['ps', '-o', join(folder, 'no', 'such', 'file')]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('there is no such folder')]);
  });
});

describe('ends', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s: a summary and exit code 0', async (signal) => {
    const child = startFake(['trace', '-p', '5000', '--json']);
    child.stdout?.once('data', () => child.kill(signal));
    const { code, stdout } = await finished(child);
    expect(code).toBe(0);
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'summary',
      ended: 'ctrl-c',
    });
  });

  test('a second Ctrl-C ends at once, even when nobody reads the output', async () => {
    const child = startFake(['trace', '-p', '5000', '--json']);
    await new Promise((resolve) => child.stdout?.once('readable', resolve));
    await sleep(2000); // the pipe fills up
    child.kill('SIGINT');
    await sleep(1000);
    expect(child.exitCode).toBeNull();
    // Two of which it hears at once, because it was held up, are one.
    while (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGINT');
      await sleep(1000);
    }
    expect(child.signalCode).toBe('SIGINT');
    child.stdout?.destroy();
  });

  test('a second signal says what may be missing', async () => {
    const child = startFake(['trace', '-p', '5000', '--json', '--probe', 'inline']);
    await new Promise((resolve) => child.stdout?.once('readable', resolve));
    await sleep(2000); // the pipe fills up
    let said = '';
    child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
    const saidAll = new Promise((resolve) => child.stderr?.once('end', resolve));
    child.kill('SIGINT');
    await sleep(2000);
    child.kill('SIGTERM');
    const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
    await saidAll;
    child.stdout?.destroy();
    expect([signal, JSON.parse(said.trimEnd().split('\n').at(-1) ?? '')]).toMatchObject([
      'SIGTERM',
      { type: 'notice', code: 'ended-at-once', hint: expect.stringContaining('mapaudit detach') as string },
    ]);
  });

  test('exit codes: 0 done, 1 failed, 2 wrong command line, 3 not ready', async () => {
    const codes = [
      ['--version'],
      ['trace', '-p', '99999'],
      ['trace', '--pidd', '1'],
      ['check', './server'],
    ].map(async (args) => (await fakeMapaudit(args)).code);
    expect(await Promise.all(codes)).toEqual([0, 1, 2, 3]);
  });

  test('an error says what, its code, and what to do', async () => {
    const { stderr } = await fakeMapaudit(['trace', '-p', '99999']);
    expect(stderr).toBe(
      'mapaudit: no process has pid 99999 (no-such-process)\n  To see what runs here: mapaudit ps.\n',
    );
  });
});

describe('other commands', () => {
  test('ps: a table, advice, and the next command', async () => {
    const { stdout } = await fakeMapaudit(['ps']);
    expect(stdout).toContain('  PID  NAME         GO         MAPS     USER  CONTAINER     AUDIT\n');
    expect(stdout).toContain('  51234: Build it with Go 1.18 or newer.\n');
    expect(stdout).toContain('Next: mapaudit top -p 812');
  });

  test('check: every section', async () => {
    const { stdout } = await fakeMapaudit(['check', './server']);
    for (const part of [
      'go1.26.8 swiss',
      '4 probes',
      'Cost high',
      'not in this binary',
      'missing  CAP_PERFMON',
      'Not ready',
    ]) {
      expect(stdout).toContain(part);
    }
  });

  test('top without a terminal says what to do; with --once it prints a table', async () => {
    const { code, stderr } = await fakeMapaudit(['top', '-p', '1']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('add --once')]);
    const { stdout } = await fakeMapaudit(['top', '-p', '1', '--once']);
    expect(stdout).toMatch(
      /PER SEC +COUNT +OP +MAP +CALLER\n +3,164 +2,900 +assign +map\[string\]\*shop\.Session #3 +shop/,
    );
  });
});
