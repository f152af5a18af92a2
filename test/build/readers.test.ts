import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { HEADER } from '../../src/probe/build/layout.ts';
import type { TraceLine } from '../../src/protocol/questions.ts';
import { buildHooked } from '../support/mapaudit_go.ts';

const MAPAUDIT = fileURLToPath(new URL('../../bin/mapaudit', import.meta.url));
const NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups'];
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A hooked program that works on maps all the time. */
async function start(before: readonly string[] = []): Promise<ChildProcess> {
  const [command = '', ...args] = before.at(-1) === '/hot' ? before : [...before, buildHooked('hot')];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

function reader(pid: number, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [MAPAUDIT, 'trace', '-p', String(pid), '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

/** A short trace, to its end. */
function trace(
  pid: number,
  before?: readonly string[],
): { lines: TraceLine[]; status: number | null; stderr: string } {
  const [command, ...args] = [...(before ?? []), process.execPath, MAPAUDIT, 'trace', '-p', String(pid)];
  const end = spawnSync(command, [...args, '--op', 'all', '--count', '200', '--duration', '20s', '--json'], {
    encoding: 'utf8',
  });
  const lines = end.stdout.split('\n').filter((line) => line !== '');
  return {
    lines: lines.map((line) => JSON.parse(line) as TraceLine),
    status: end.status,
    stderr: end.stderr,
  };
}

const eventsIn = (lines: readonly TraceLine[]): number =>
  lines.filter((line) => line.type === 'event').length;

function word(path: string, at: number, value?: number): number {
  const fd = openSync(path, 'r+');
  const bytes = Buffer.alloc(4);
  if (value === undefined) readSync(fd, bytes, 0, 4, at);
  else {
    bytes.writeUInt32LE(value);
    writeSync(fd, bytes, 0, 4, at);
  }
  closeSync(fd);
  return bytes.readUInt32LE();
}

/** A program whose reader was killed while it read. */
async function startAndLose(): Promise<{ pid: number; path: string }> {
  const { pid = 0 } = await start();
  const first = reader(pid, '--op', 'all', '-o', '/dev/null');
  const path = `/dev/shm/mapaudit.${pid}`;
  while (!existsSync(path) || word(path, HEADER.mode) === 0) await sleep(50);
  first.kill('SIGKILL');
  await once(first, 'exit');
  return { pid, path };
}

describe('readers of the hook', () => {
  it('come and go, one after the other', async () => {
    const { pid } = await start();
    for (let i = 0; i < 3; i++) expect(eventsIn(trace(pid!).lines)).toBe(200);
    expect(word(`/dev/shm/mapaudit.${pid}`, HEADER.mode)).toBe(0);
  });

  it('need no root for a program of their own', async () => {
    const { pid } = await start(['setpriv', ...NOBODY]);
    const { lines, stderr } = trace(pid!, ['setpriv', ...NOBODY, 'env', 'HOME=/tmp']);
    expect(eventsIn(lines), stderr).toBe(200);
    const program = await start();
    const denied = trace(program.pid!, ['setpriv', ...NOBODY, 'env', 'HOME=/tmp']);
    expect(denied.status).toBe(1);
  });

  it('are one at a time', async () => {
    const { pid } = await start();
    const first = reader(pid!, '--op', 'clear');
    await once(first.stdout!, 'data');
    const second = trace(pid!);
    expect(second.status).toBe(1);
    expect(second.stderr).toContain(`by pid ${first.pid}`);
  });

  it('that are killed are noticed by the hook, and followed by others', async () => {
    const { pid, path } = await startAndLose();
    expect(word(path, HEADER.mode)).not.toBe(0);
    // As if the ten seconds had passed.
    word(path, HEADER.patience, 1000);
    word(path, HEADER.patience + 4, 0);
    await expect.poll(() => word(path, HEADER.mode)).toBe(0);
    expect(eventsIn(trace(pid).lines)).toBe(200);
  });

  it('that are killed are noticed, whoever else signals the program', async () => {
    const { pid, path } = await startAndLose();
    // Some hundred milliseconds, of which no time is between two signals.
    word(path, HEADER.patience, 2 ** 30);
    word(path, HEADER.patience + 4, 0);
    for (let i = 0; i < 200 && word(path, HEADER.mode) !== 0; i++) {
      process.kill(pid, 'SIGURG');
      await sleep(20);
    }
    expect(word(path, HEADER.mode)).toBe(0);
  });

  it('end when the program does', async () => {
    const program = await start();
    const first = reader(program.pid!, '--op', 'clear');
    await once(first.stdout!, 'data');
    program.kill('SIGKILL');
    const [code] = (await once(first, 'exit')) as [number];
    expect(code).toBe(0);
  });

  it('remove what dead programs have left', async () => {
    const dead = await start();
    trace(dead.pid!);
    const path = `/dev/shm/mapaudit.${dead.pid}`;
    dead.kill('SIGKILL');
    await once(dead, 'exit');
    expect(existsSync(path)).toBe(true);
    writeFileSync('/dev/shm/mapaudit.999999999', 'not ours');
    const other = await start();
    trace(other.pid!);
    expect(existsSync(path)).toBe(false);
    expect(existsSync('/dev/shm/mapaudit.999999999')).toBe(true);
    spawnSync('rm', ['/dev/shm/mapaudit.999999999']);
  });

  it('keep what a program that crashed has left, and do not wait for what is no file', async () => {
    const env = { ...process.env, MAPAUDIT: 'record=last:64' };
    const dead = spawnSync(buildHooked('crash'), ['segv'], { env });
    const pipe = '/dev/shm/mapaudit.999999998';
    spawnSync('mkfifo', [pipe]);
    try {
      const { pid } = await start();
      expect(eventsIn(trace(pid!).lines)).toBe(200);
      expect(existsSync(`/dev/shm/mapaudit.${dead.pid}`)).toBe(true);
    } finally {
      spawnSync('rm', ['-f', pipe, `/dev/shm/mapaudit.${dead.pid}`]);
    }
  });

  it('follow no link that a program has in place of its folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mapaudit-jail-'));
    const [victim, jail] = [join(folder, 'victim'), join(folder, 'jail')];
    try {
      for (const path of [victim, join(jail, 'dev')]) mkdirSync(path, { recursive: true });
      symlinkSync(victim, join(jail, 'dev', 'shm'));
      copyFileSync(buildHooked('hot'), join(jail, 'hot'));
      spawnSync('chmod', ['755', folder]);
      await start(['setpriv', ...NOBODY, 'unshare', '-Ur', `--root=${jail}`, '/hot']);
      const pid = Number(spawnSync('pgrep', ['-nx', 'hot'], { encoding: 'utf8' }).stdout);
      const { status, stderr } = trace(pid);
      expect([status, stderr]).toEqual([1, expect.stringContaining('not-permitted')]);
      expect(readdirSync(victim)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('see programs in other pid and mount namespaces', async () => {
    const inside = 'mount -t tmpfs none /dev/shm && exec "$0" "$@"';
    await start(['unshare', '--pid', '--fork', '--mount', '--kill-child', 'sh', '-c', inside]);
    const found = spawnSync('pgrep', ['-f', buildHooked('hot')], { encoding: 'utf8' });
    const pids = found.stdout.trim().split('\n').map(Number);
    const seen = pids.map((pid) => trace(pid)).filter(({ lines }) => eventsIn(lines) === 200);
    expect(seen.length).toBeGreaterThan(0);
  });

  it('are refused by programs without the hook', () => {
    const child = spawn('sleep', ['30']);
    children.push(child);
    const args = [MAPAUDIT, 'trace', '-p', String(child.pid), '--probe', 'build'];
    expect(spawnSync(process.execPath, args).status).toBe(1);
  });
});
