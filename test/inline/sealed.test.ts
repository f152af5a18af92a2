import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { buildGo } from '../support/go_build.ts';

const MAPAUDIT = fileURLToPath(new URL('../../bin/mapaudit', import.meta.url));

const others: ChildProcess[] = [];
afterEach(() => {
  for (const one of others.splice(0)) one.kill('SIGKILL');
});

interface Said {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
  readonly ended?: string;
}

const linesOf = (text: string): Said[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Said);

function mapaudit(...args: string[]): { status: number | null; said: Said[]; error: Said | undefined } {
  const run = spawnSync(process.execPath, [MAPAUDIT, ...args, '--json'], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  const said = linesOf(`${run.stdout}\n${run.stderr}`);
  return { status: run.status, said, error: said.find(({ type }) => type === 'error') };
}

it(
  'a program that forbids munmap meanwhile is told what stays, and the kernel probe still works',
  {
    timeout: 120_000,
  },
  async () => {
    const program = spawn(buildGo('sealed'), [], { stdio: ['ignore', 'pipe', 'inherit'] });
    others.push(program);
    await once(program.stdout, 'data');
    const pid = String(program.pid);
    const memory = (): boolean => readFileSync(`/proc/${pid}/maps`, 'utf8').includes('memfd:mapaudit');

    const first = spawn(
      process.execPath,
      [MAPAUDIT, 'trace', '-p', pid, '--probe', 'inline', '--json', '--sample', '1/100'],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    others.push(first);
    let text = '';
    const keep = (data: Buffer): void => {
      text += data.toString();
    };
    first.stderr.on('data', keep);
    await once(first.stdout, 'data');
    first.stdout.on('data', keep);
    program.kill('SIGUSR1');
    await once(program.stdout, 'data');
    first.kill('SIGINT');
    await once(first, 'close');
    const end = linesOf(text).find(({ type }) => type === 'error');
    expect(end).toMatchObject({ code: 'memory-stays' });
    expect(end?.message).toMatch(/all jumps are out .* KB of memory .* stay mapped.* munmap/);
    expect(linesOf(text).some(({ type }) => type === 'summary')).toBe(true);
    expect(memory()).toBe(true);

    // Those say the same, for it is still so.
    for (const args of [
      ['detach', '-p', pid],
      ['trace', '-p', pid, '--probe', 'inline', '--duration', '1s'],
    ])
      expect(mapaudit(...args).error).toMatchObject({ code: 'memory-stays', hint: end?.hint });
    // What the hint names.
    expect(end?.hint).toContain('--probe kernel works');
    const kernel = mapaudit('trace', '-p', pid, '--probe', 'kernel', '--count', '5');
    expect(kernel.status, JSON.stringify(kernel.error)).toBe(0);
    expect(kernel.said.find(({ type }) => type === 'summary')).toMatchObject({ ended: 'count' });
    expect(program.exitCode).toBeNull();
  },
);
