import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { RaceLine } from '../../src/protocol/race.ts';
import type { TraceLine } from '../../src/protocol/questions.ts';
import { MAPAUDIT } from '../agent/support.ts';
import { buildGo, GO_VERSIONS } from '../support/go_build.ts';
import { fewOrAll } from '../support/mapaudit_go.ts';

const ROUNDS = 20;
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** The program, as far as its first line; `next` gives its lines. */
async function start(path: string, what: string) {
  const program = spawn(path, [what], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(program);
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  expect(await next()).toBe(`ready ${program.pid}`);
  return { program, pid: String(program.pid), next };
}

/** A mapaudit with the inline probe in place; `over` gives all that it has printed, and its exit code. */
async function attached(...args: string[]) {
  const tool = spawn(process.execPath, [MAPAUDIT, ...args, '--probe', 'inline', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(tool);
  const lines: (TraceLine | RaceLine)[] = [];
  const input = createInterface({ input: tool.stdout });
  input.on('line', (line) => lines.push(JSON.parse(line) as TraceLine | RaceLine));
  const ended = once(tool, 'close');
  while (!lines.some(({ type }) => type === 'attached')) await sleep(20);
  return {
    over: async () => {
      const [code] = (await ended) as [number | null];
      return { lines, code };
    },
  };
}

it.each(fewOrAll(['1.26.8'], GO_VERSIONS))(
  'a program of Go %s that forks is seen alone, and exactly',
  { timeout: 60_000 },
  async (version) => {
    const { program, pid, next } = await start(buildGo('forks', version), String(ROUNDS));
    const tool = await attached('trace', '-p', pid, '--op', 'delete', '--map', 'main.job');
    program.stdin.write('\n');
    const deletes = Number((await next()).split(' ')[1]);
    await next();
    program.stdin.end('\n');
    const { lines } = await tool.over();
    const events = lines.filter((line) => line.type === 'event');
    expect(events.length).toBe(deletes);
    for (const event of events) expect(event).toMatchObject({ op: 'delete', found: true, len: 1 });
    expect(lines.at(-1)).toMatchObject({ type: 'summary', lost: 0 });
  },
);

it('a child of fork that works on its copy of a map races with nobody', { timeout: 60_000 }, async () => {
  const { program, pid } = await start(buildGo('forks'), 'beside');
  const tool = await attached('race', '-p', pid, '--budget', '50%', '--duration', '6s');
  program.stdin.write('\n');
  const { lines, code } = await tool.over();
  expect(lines.filter(({ type }) => type === 'race')).toEqual([]);
  const summary = lines.find((line) => line.type === 'summary');
  expect(summary?.race?.watches).toBeGreaterThan(0);
  expect(code).toBe(0);
  program.stdin.end('\n');
});
