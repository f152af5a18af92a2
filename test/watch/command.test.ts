import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isMapauditError } from '../../src/base/errors.ts';
import { hex } from '../../src/model/addr.ts';
import { fixedPlaces } from '../../src/probe/watch/place.ts';
import { WatchProbe } from '../../src/probe/watch/watch_probe.ts';
import type { Attached } from '../../src/protocol/attached.ts';
import type { Hit, WatchedBytes, Watching } from '../../src/protocol/watch.ts';
import type { Summary } from '../../src/protocol/summary.ts';
import { processMemory } from '../../src/sys/process_memory.ts';
import { errorCode, mapaudit, MAPAUDIT } from '../agent/support.ts';
import { buildGo } from '../support/go_build.ts';
import { WatchedProgram, type Wrote } from './program.ts';

type Line = Attached | Hit | Summary | Watching | { readonly type: 'notice' | 'error' };

let program: WatchedProgram;
beforeEach(async () => {
  program = await WatchedProgram.start(buildGo('watch'));
  await program.write('write copy 4 1'); // makes threads: what a new one writes at first is not seen
});
afterEach(() => program.close());

/** `mapaudit watch --json`, once its watchpoints are set. */
async function running(...args: string[]) {
  const all = [MAPAUDIT, 'watch', '-p', String(program.pid), '--json', ...args];
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const exit = once(child, 'exit');
  const reader = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Line | undefined> => {
    const line = await reader.next();
    return line.done === true ? undefined : (JSON.parse(line.value) as Line);
  };
  const attached = await next();
  if (attached?.type !== 'attached') throw new Error(`not attached: ${JSON.stringify(attached)} ${errors}`);
  const read: Line[] = [];
  let watching: WatchedBytes | undefined = attached.watching;
  /** Waits until the key's value is watched where it lies now. */
  const followed = async (address: unknown): Promise<void> => {
    const isThere = (): boolean =>
      watching?.places.some((place) => place.label === 'value' && place.address === address) === true;
    while (!isThere()) {
      const line = await next();
      if (line === undefined) throw new Error(`it has ended: ${errors}`);
      read.push(line);
      if (line.type === 'watching') watching = line;
    }
  };
  const rest = async (): Promise<Line[]> => {
    for (let line = await next(); line !== undefined; line = await next()) read.push(line);
    return read;
  };
  /** The codes of what was said on stderr. */
  const said = (): string[] => [...errors.matchAll(/"code":"([\w-]+)"/g)].map((match) => match[1] ?? '');
  return { child, exit, followed, rest, said };
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
  for (let attempt = 0; attempt < 1000 && !allFree(); attempt++) await sleep(20);
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

it.each(['main.inlined', 'main.grown'])('follows the slot of a key of %s over growths', async (expr) => {
  const run = await running('--expr', expr, '--key', expr === 'main.inlined' ? '7' : '3');
  const book: Wrote[] = [];
  if (expr === 'main.inlined') {
    for (let growth = 0; growth < 4; growth++) {
      book.push(...(await program.write('write assign 1 2')));
      await sleep(100);
      await program.ask('fill x 3000');
      await run.followed(await program.ask('where'));
    }
  } else {
    book.push(...(await program.write('write stale 1 3')));
    await sleep(100);
  }
  run.child.kill('SIGINT');
  const lines = await run.rest();
  const values = lines.filter((line) => line.type === 'hit').filter((hit) => hit.place.label === 'value');
  const own = values.filter((hit) => /^main\.by/.test(hit.writer.function + (hit.caller?.function ?? '')));
  expect(own.map((hit) => hit.writer.line)).toEqual(book.map((wrote) => wrote.line));
  expect(own.map((hit) => hit.goroutine?.id)).toEqual(book.map((wrote) => wrote.goid));
  // What is not certain is absent: a value that is told is the right one.
  const told = own.map((hit, i) => (hit.after === undefined ? book[i]?.value : Number(hit.after.word)));
  expect(told).toEqual(book.map((wrote) => wrote.value));
  if (expr === 'main.inlined') {
    expect(run.said().filter((code) => code === 'key-moved').length).toBeGreaterThanOrEqual(3);
    expect(summaryOf(lines).watched?.moves).toBeGreaterThanOrEqual(3);
  }
});

it('shows a write through a pointer that is the element of a key', async () => {
  const run = await running('--expr', 'main.pointers', '--key', '"k"');
  const book = [...(await program.write('write field 1 2')), ...(await program.write('write unsafe 1 2'))];
  await sleep(100);
  run.child.kill('SIGINT');
  const hits = (await run.rest()).filter((line) => line.type === 'hit');
  expect(hits.map((hit) => hit.place.label)).toEqual(book.map(() => 'value.Hits'));
  expect(hits.map((hit) => [hit.writer.function, hit.writer.line])).toEqual(
    book.map((wrote) => [wrote.how === 'field' ? 'main.byField' : 'main.byUnsafe', wrote.line]),
  );
});

it('waits for a key that is not there, and says so when it goes', async () => {
  const run = await running('--map', 'main.grown', '--key', '150');
  await program.ask('grow');
  await expect
    .poll(run.said, { timeout: 60_000 })
    .toEqual(expect.arrayContaining(['key-absent', 'key-found']));
  run.child.kill('SIGINT');
  await run.rest();
});

it('says what is wrong with the key or the map', () => {
  const watch = (...args: string[]): string | undefined =>
    errorCode(mapaudit('watch', '--json', '--duration', '10ms', '-p', String(program.pid), ...args));
  expect(watch('--expr', 'main.inlined')).toBe('usage-no-key');
  expect(watch('--key', '7')).toBe('usage-no-place');
  expect(watch('--expr', 'main.inlined', '--key', '"seven"')).toBe('usage-key');
  expect(watch('--expr', 'main.nothing', '--key', '7')).toBe('no-such-variable');
  expect(watch('--expr', 'main.inlined', '--key', '7', '--address', program.where.cell)).toBe(
    'usage-contradiction',
  );
});
