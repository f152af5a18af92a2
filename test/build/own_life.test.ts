import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { Crash } from '../../src/protocol/crash.ts';
import type { TraceEvent } from '../../src/protocol/event.ts';
import type { Summary } from '../../src/protocol/summary.ts';
import { GO_VERSIONS } from '../support/go_build.ts';
import { buildHooked, fewOrAll } from '../support/mapaudit_go.ts';

const MAPAUDIT = fileURLToPath(new URL('../../bin/mapaudit', import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    rmSync(`/dev/shm/mapaudit.${child.pid ?? 0}`, { force: true });
  }
});

/** A program that has said something. */
async function started(path: string, env: NodeJS.ProcessEnv, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ...env } });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

function ask(...words: string[]): (Crash | TraceEvent | Summary)[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, [MAPAUDIT, ...words, '--json'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  expect(status, stderr).toBe(0);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Crash);
}

describe('a hooked program', () => {
  for (const version of fewOrAll(['1.18.10', '1.26.8'], GO_VERSIONS))
    it(`opens no file as long as nobody looks, Go ${version}`, () => {
      const { stdout, signal } = spawnSync(buildHooked('sandboxed', version), { encoding: 'utf8' });
      expect([signal, stdout]).toEqual([null, '1000\n']);
    });

  it('that runs another program in its place takes nothing that was made for it', async () => {
    const [first, second] = [buildHooked('hot'), buildHooked('hot', '1.18.10')];
    const shell = spawn('sh', ['-c', 'read line; exec "$0"', second], { stdio: ['pipe', 'pipe', 'ignore'] });
    children.push(shell);
    // As the reader of the first one would leave it, whose pid the second has.
    const other = await started(first, {});
    ask('trace', '-p', String(other.pid), '--duration', '100ms');
    const [mine, theirs] = [`/dev/shm/mapaudit.${shell.pid ?? 0}`, `/dev/shm/mapaudit.${other.pid ?? 0}`];
    spawnSync('python3', ['-c', REPID, theirs, mine, String(shell.pid)]);
    shell.stdin.write('\n');
    await once(shell.stdout, 'data');
    spawnSync('sh', [
      '-c',
      `for i in 1 2 3 4 5 6 7 8 9 10; do kill -URG ${shell.pid ?? 0}; sleep 0.02; done`,
    ]);
    const maps = spawnSync('cat', [`/proc/${shell.pid ?? 0}/maps`], { encoding: 'utf8' }).stdout;
    expect(maps).not.toContain('/dev/shm/mapaudit');
    // One that is made for it, it takes.
    const lines = ask('trace', '-p', String(shell.pid), '--op', 'all', '--count', '10', '--duration', '20s');
    expect(lines.filter(({ type }) => type === 'event')).toHaveLength(10);
  });
});

/** Copies the file of one process for another. HEADER.pid is the word at 64. */
const REPID = `
import sys, struct
data = bytearray(open(sys.argv[1], 'rb').read())
data[64:72] = struct.pack('<Q', int(sys.argv[3]))
open(sys.argv[2], 'wb').write(data)
`;

describe('a recorder', () => {
  it('says when a reader was there, and leaves its times as they are', async () => {
    const program = await started(buildHooked('hot'), { MAPAUDIT: 'record=last:256' });
    const pid = String(program.pid);
    const [fresh] = ask('crash', '-p', pid);
    expect(fresh).not.toHaveProperty('lent');
    const traced = ask('trace', '-p', pid, '--op', 'all', '--count', '2000', '--duration', '20s');
    const events = traced.filter((line) => line.type === 'event');
    const [head, ...kept] = ask('crash', '-p', pid);
    const { lent } = head as Crash;
    expect(lent?.to).toBeDefined();
    // What was traced lies within the hole, by the clock of both.
    expect(events.filter(({ time }) => time < lent!.from || time > lent!.to!)).toEqual([]);
    for (const line of kept)
      if (line.type === 'event') expect(Math.abs(Date.parse(line.time) - Date.now())).toBeLessThan(600_000);
  });

  it('leaves it be where files may not be so large', () => {
    const command = `ulimit -f 100; MAPAUDIT=record=last:1000 exec timeout -s KILL 1 ${buildHooked('hot')}`;
    const { stderr, status, signal } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
    expect(stderr).toContain('nothing is recorded');
    expect([status, signal]).toEqual([null, 'SIGKILL']); // it ran until it was killed
  });
});

it.each([
  ['record', 'nothing is recorded'],
  ['record=last:', 'nothing is recorded'],
  ['record=last:0', 'nothing is recorded'],
  ['record=first:3', 'nothing is recorded'],
  ['recrod=last:5', 'MAPAUDIT has recrod=last:5, which is none of'],
  ['races=999,leaks', 'races=999 and not races=N'],
  ['races,leaks=5', 'leaks=5 and not leaks=N'],
  ['record=last:5,races=50,leaks=100,', undefined],
])('a program started with MAPAUDIT=%s says what of it makes no sense', (wish, said) => {
  // It says how it is used, and ends.
  const { stderr, pid } = spawnSync(buildHooked('hot'), ['-h'], {
    encoding: 'utf8',
    env: { ...process.env, MAPAUDIT: wish },
  });
  rmSync(`/dev/shm/mapaudit.${pid}`, { force: true });
  expect(stderr).toContain('Usage');
  if (said === undefined) expect(stderr).not.toContain('mapaudit: MAPAUDIT');
  else expect(stderr).toContain(said);
});

describe('more Ps than there are rings', () => {
  const [goroutines, deletes] = [64, 5000];

  /** A reader that is there while a program with so many Ps does its work, and what it says at the end. */
  async function read(...words: string[]): Promise<unknown[]> {
    const args = ['64', String(goroutines), String(deletes)];
    const program = spawn(buildHooked('manyps'), args, { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(program);
    await once(program.stdout, 'data');
    const all = [...words, '-p', String(program.pid), '--op', 'delete', '--json'];
    const reader = spawn(process.execPath, [MAPAUDIT, ...all], { stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(reader);
    let out = '';
    reader.stdout.on('data', (text: Buffer) => (out += text.toString()));
    while (!out.includes('"attached"')) await once(reader.stdout, 'data');
    program.stdin.write('go\n');
    await once(program.stdout, 'data');
    program.stdin.write('go\n');
    await once(reader, 'close');
    return out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }

  it('is told: every operation is an event or lost', async () => {
    const { events, lost, loss } = (await read('trace', '--ring', '8M')).at(-1) as Summary;
    expect(events + lost).toBe(goroutines * deletes);
    expect(loss.ring_full + loss.output_slow).toBe(lost);
    expect(loss.ring_full).toBeGreaterThanOrEqual(0);
    expect(lost).toBeGreaterThan(0);
  });

  it('is counted: none is missing', async () => {
    const { events } = (await read('top', '--interval', '1s')).at(-1) as Summary;
    expect(events).toBe(goroutines * deletes);
  });
});
