import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isMapauditError } from '../../src/base/errors.ts';
import { hex } from '../../src/model/addr.ts';
import { fixedPlaces } from '../../src/probe/watch/place.ts';
import { WatchProbe } from '../../src/probe/watch/watch_probe.ts';
import type { Hit } from '../../src/protocol/watch.ts';
import type { Summary } from '../../src/protocol/summary.ts';
import { processMemory } from '../../src/sys/process_memory.ts';
import { errorCode, mapaudit, MAPAUDIT } from '../agent/support.ts';
import { buildGo } from '../support/go_build.ts';
import { WatchedProgram } from './program.ts';

type Line = Hit | Summary | { readonly type: 'attached' | 'notice' | 'error' };

let program: WatchedProgram;
beforeEach(async () => {
  program = await WatchedProgram.start(buildGo('watch'));
});
afterEach(() => program.close());

/** `mapaudit watch --json`, once its watchpoints are set. */
async function running(...args: string[]) {
  const all = [MAPAUDIT, 'watch', '-p', String(program.pid), '--json', ...args];
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const reader = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Line | undefined> => {
    const line = await reader.next();
    return line.done === true ? undefined : (JSON.parse(line.value) as Line);
  };
  expect((await next())?.type).toBe('attached');
  const rest = async (): Promise<Line[]> => {
    const lines: Line[] = [];
    for (let line = await next(); line !== undefined; line = await next()) lines.push(line);
    return lines;
  };
  return { child, exit, rest };
}

const summaryOf = (lines: readonly Line[]): Summary => {
  const last = lines.at(-1);
  if (last?.type !== 'summary') throw new Error(`the last line is ${JSON.stringify(last)}`);
  return last;
};

it('shows hits and ends by itself after so many', async () => {
  const run = await running('--address', `${program.where.cell}=cell`, '--count', '3', '--stack');
  const book = await program.write('write cell 1 5');
  const lines = await run.rest();
  const hits = lines.filter((line) => line.type === 'hit');
  expect(hits.map((hit) => hit.writer.line)).toEqual(book.slice(0, 3).map((w) => w.line));
  expect(hits[0]?.writer.function).toBe('main.byCell');
  expect(hits[0]?.stack?.map((frame) => frame.function)).toContain('main.swarm.func1');
  expect(hits[0]?.place).toEqual({ address: program.where.cell, length: 8, label: 'cell' });
  expect(summaryOf(lines)).toMatchObject({ ended: 'count', events: 3, lost: 0 });
  expect(await run.exit).toEqual([0, null]);
});

it('ends with its summary when the program ends', async () => {
  const run = await running('--address', program.where.cell);
  await program.write('write cell 1 2');
  program.child.kill('SIGKILL');
  const lines = await run.rest();
  expect(summaryOf(lines).ended).toBe('target-exited');
  expect(lines.filter((line) => line.type === 'hit')).toHaveLength(2);
  expect(await run.exit).toEqual([0, null]);
});

/** Whether four watchpoints can be had in the program now. */
function allFree(): boolean {
  const { pid } = program;
  const places = [0, 8, 16, 24].map((offset) => {
    const block = program.place('block');
    return { ...block, address: (block.address + offset) as typeof block.address };
  });
  try {
    const source = fixedPlaces(places);
    new WatchProbe({ pid, memory: processMemory(pid), access: 'write', frames: 1, source }).close();
    return true;
  } catch (error) {
    if (!isMapauditError(error, 'watchpoints-taken')) throw error;
    return false;
  }
}

it.each(['SIGKILL', 'SIGINT'] as const)('leaves no watchpoint behind after %s', async (signal) => {
  expect(allFree()).toBe(true);
  const run = await running('--address', program.where.cell);
  expect(allFree()).toBe(false);
  run.child.kill(signal);
  await run.exit;
  for (let attempt = 0; attempt < 100 && !allFree(); attempt++) await sleep(20);
  expect(allFree()).toBe(true);
  expect(await program.write('write cell 2 2')).toHaveLength(4);
});

it('says what is wrong with what was asked', () => {
  const watch = (...args: string[]): string | undefined =>
    errorCode(mapaudit('watch', '--json', '--duration', '10ms', ...args));
  const pid = ['-p', String(program.pid)];
  const block = Number(program.where.block);
  const list = (...offsets: number[]): string => offsets.map((offset) => hex(block + offset)).join();
  expect(watch('-p', '4194300', '--address', list(0))).toBe('no-such-process');
  expect(watch('-p', String(process.pid), '--address', list(0))).toBe('not-go');
  expect(watch(...pid, '--address', list(0, 8, 16, 24, 32))).toBe('too-many-watchpoints');
  expect(watch(...pid, '--address', list(4))).toBe('unaligned-address');
  expect(watch(...pid, '--address', list(4), '--length', '4')).toBeUndefined();
  expect(watch(...pid, '--address', list(0), '--length', '3')).toBe('usage-length');
  expect(watch(...pid, '--address', 'cache')).toBe('usage-address');
  expect(watch(...pid)).toBe('usage-no-place');
  expect(watch('--address', list(0))).toBe('usage-no-target');
});
