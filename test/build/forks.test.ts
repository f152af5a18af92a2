import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { HEADER } from '../../src/probe/build/layout.ts';
import type { TraceLine } from '../../src/protocol/questions.ts';
import { GO_VERSIONS } from '../support/go_build.ts';
import { buildHooked, fewOrAll } from '../support/mapaudit_go.ts';

const MAPAUDIT = fileURLToPath(new URL('../../bin/mapaudit', import.meta.url));
const ROUNDS = 20;
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** The program, as far as its first line; `next` gives its lines. */
async function start(
  path: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ program: ChildProcess; pid: number; next: () => Promise<string> }> {
  const program = spawn(path, [String(ROUNDS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  children.push(program);
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  expect(await next()).toBe(`ready ${program.pid}`);
  return { program, pid: program.pid!, next };
}

function json(...args: string[]): TraceLine[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, [MAPAUDIT, ...args, '--json'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  expect(status, stderr).toBe(0);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TraceLine);
}

/** The program begins, and says how many deletes it has made; none of its children may have left a file. */
async function deletesOf(program: ChildProcess, next: () => Promise<string>): Promise<number> {
  program.stdin!.write('\n');
  const [word, count] = (await next()).split(' ');
  expect(word).toBe('deletes');
  const [, ...pids] = (await next()).split(' ');
  expect(pids.length).toBe(5 * ROUNDS);
  expect(pids.filter((pid) => existsSync(`/dev/shm/mapaudit.${pid}`))).toEqual([]);
  return Number(count);
}

describe('a hooked program that starts others', () => {
  const builds: readonly (readonly [string, readonly string[]])[] = [
    ...fewOrAll(['1.26.8'], GO_VERSIONS).map((version) => [version, ['-tags=withcgo']] as const),
    ...fewOrAll([], ['1.18.10', '1.26.8']).map((version) => [version, []] as const),
  ];
  for (const [version, flags] of builds) {
    const name = `with Go ${version} ${flags.join(' ')}`;
    const path = (): string => buildHooked('forks', version, flags, { CGO_ENABLED: '1' });

    it(`${name}: is counted alone, and exactly`, async () => {
      const { program, pid, next } = await start(path());
      const reader = spawn(
        process.execPath,
        [MAPAUDIT, 'trace', '-p', String(pid), '--op', 'delete', '--map', 'main.job', '--json'],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      children.push(reader);
      const lines: TraceLine[] = [];
      const input = createInterface({ input: reader.stdout });
      input.on('line', (line) => lines.push(JSON.parse(line) as TraceLine));
      while (lines.length === 0) await sleep(20);
      const deletes = await deletesOf(program, next);
      program.stdin!.end('\n');
      await once(input, 'close');
      const events = lines.filter((line) => line.type === 'event');
      expect(events.length).toBe(deletes);
      for (const event of events) expect(event).toMatchObject({ op: 'delete', found: true, len: 1 });
      expect(lines.at(-1)).toMatchObject({ type: 'summary', lost: 0 });
    });

    it(`${name}: records alone, and its children do for themselves`, async () => {
      const { program, pid, next } = await start(path(), { MAPAUDIT: 'record=last:32768' });
      const file = `/dev/shm/mapaudit.${pid}`;
      const deletes = await deletesOf(program, next);
      // None of the children that ended has taken the file along.
      expect(existsSync(file)).toBe(true);
      expect(readFileSync(file).readUInt32LE(HEADER.mode)).not.toBe(0);
      program.kill('SIGKILL');
      await once(program, 'exit');
      const events = json('crash', file).filter((line) => line.type === 'event');
      const ours = events.filter(
        (event) => event.op === 'delete' && event.map.type === 'map[main.job]string',
      );
      expect(ours.length).toBe(deletes);
      rmSync(file);
    });
  }

  it('may become another in the same process: what it had before is not touched, and the next reader finds it', async () => {
    const path = buildHooked('hot');
    const env = { ...process.env, MAPAUDIT: 'record=last:64' };
    const program = spawn(buildHooked('forks'), ['becomes', path], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env,
    });
    children.push(program);
    const file = `/dev/shm/mapaudit.${program.pid}`;
    while (!existsSync(file)) await sleep(20);
    const before = statSync(file).ino;
    program.stdin.write('\n');
    await once(program.stdout, 'data');
    expect(statSync(file).ino).not.toBe(before);
    const lines = json('trace', '-p', String(program.pid), '--op', 'all', '--count', '50');
    expect(lines.filter((line) => line.type === 'event').length).toBe(50);
    rmSync(file);
  });
});
