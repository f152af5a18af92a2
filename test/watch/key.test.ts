import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Attached } from '../../src/protocol/attached.ts';
import type { Notice } from '../../src/protocol/notice.ts';
import type { Summary } from '../../src/protocol/summary.ts';
import type { Hit, Watching } from '../../src/protocol/watch.ts';
import { errorCode, mapaudit, MAPAUDIT } from '../agent/support.ts';
import { buildGo } from '../support/go_build.ts';

type Line = Attached | Hit | Summary | Watching | Notice;

/** Long enough for a look at the slot, and for hits to be told. */
const A_LOOK_MS = 150;

class Lines {
  readonly #reader: Interface;
  readonly #lines: AsyncIterator<string>;

  constructor(child: ChildProcess) {
    this.#reader = createInterface({ input: child.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async next(): Promise<string | undefined> {
    const line = await this.#lines.next();
    return line.done === true ? undefined : line.value;
  }

  close(): void {
    this.#reader.close();
  }
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});

/** test/programs/watchkey, running. */
async function start(version?: string) {
  const child = spawn(buildGo('watchkey', version), [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = new Lines(child);
  closing.push(() => {
    lines.close();
    child.kill('SIGKILL');
  });
  await lines.next();
  const tell = async (...commands: string[]): Promise<void> => {
    for (const command of commands) {
      child.stdin.write(`${command}\n`);
      await lines.next();
    }
    await sleep(A_LOOK_MS);
  };
  return { child, pid: String(child.pid), tell };
}

/** `mapaudit watch --json` of a key, once its watchpoints are set. */
async function watch(pid: string, map: string, key: string, ...args: string[]) {
  const all = [MAPAUDIT, 'watch', '-p', pid, '--json', '--expr', `main.${map}`, '--key', key, ...args];
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] });
  closing.push(() => child.kill('SIGKILL'));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const exit = once(child, 'exit');
  const lines = new Lines(child);
  const attached = JSON.parse((await lines.next()) ?? '{}') as Attached;
  const read: Line[] = [];
  const next = async (): Promise<Line | undefined> => {
    const text = await lines.next();
    if (text === undefined) return undefined;
    const line = JSON.parse(text) as Line;
    read.push(line);
    return line;
  };
  /** Waits until it says so. */
  const until = async (isIt: (line: Line) => boolean): Promise<void> => {
    for (let line = await next(); line === undefined || !isIt(line); line = await next())
      if (line === undefined) throw new Error(`it has ended: ${errors}`);
  };
  const rest = async (): Promise<Line[]> => {
    while ((await next()) !== undefined);
    return read;
  };
  const end = async () => {
    child.kill('SIGINT');
    const read = await rest();
    const summary = read.at(-1) as Summary;
    return { all: read, hits: read.filter((line) => line.type === 'hit'), summary };
  };
  return { attached, exit, until, rest, end, errors: () => errors };
}

const shown = ({ place, before, after, writer, caller }: Hit): string =>
  `${place.label ?? '?'}: ${before?.text ?? '?'} -> ${after?.text ?? '?'} by ${(caller ?? writer).function}`;

/** A classic delete writes the tophash twice: empty, and then that the rest is, too. */
const controlsOf = (hits: readonly Hit[]): string[] =>
  hits
    .filter(({ place, before, after }) => place.part === 'control' && before?.text !== after?.text)
    .map(shown);

/** It has seen that the key is there, or that it is not. */
const isPresent =
  (present: boolean) =>
  (line: Line): boolean =>
    line.type === 'watching' && line.present === present;

const unwatched = ({ watching }: Attached, part: string) =>
  watching?.parts.find((one) => one.part === part)?.unwatched;

describe.each(['1.21.13', '1.26.8'])('the key of a map, Go %s', (version) => {
  it('has its watchpoints over the element and what it points to', async () => {
    const { pid, tell } = await start(version);
    const run = await watch(pid, 'pairs', '"k"');
    expect(run.attached.watching?.places.map(({ label }) => label).slice(1)).toEqual([
      'value',
      'value.A',
      'value.B',
    ]);
    expect(unwatched(run.attached, 'pointee')).toEqual([]);
    expect(unwatched(run.attached, 'key')).toEqual([{ from: 0, to: 16 }]);
    await tell('field', 'field');
    const { hits } = await run.end();
    expect(hits.map(({ place, writer }) => `${place.label ?? '?'} by ${writer.function}`)).toEqual([
      'value.B by main.writeB',
      'value.B by main.writeB',
    ]);
    // What is not certain is absent.
    for (const [i, { after }] of hits.entries()) expect([String(i + 1), undefined]).toContain(after?.text);
  });

  it('says who deletes it and who puts it back', async () => {
    const { pid, tell } = await start(version);
    const run = await watch(pid, 'counts', '7');
    await tell('update');
    await tell('delete');
    await run.until(isPresent(false));
    await tell('other');
    await tell('update');
    await run.until(isPresent(true));
    await tell('update');
    const { all, hits, summary } = await run.end();
    const control = controlsOf(hits);
    expect(control).toHaveLength(2);
    expect(control[0]).toMatch(/full .* -> (empty|tombstone) by main\.remove/);
    expect(control[1]).toMatch(/(empty|tombstone) -> full .* by main\.update/);
    expect(summary.watched).toMatchObject({ moves: 0, gone: 1, returned: 1 });
    const values = hits.filter((hit) => hit.place.label === 'value' && hit.caller === undefined);
    expect(values.map((hit) => hit.after?.text)).toEqual(['1', '5']);
    const watching = all.filter((line) => line.type === 'watching').map(({ present }) => present);
    expect(watching).toEqual([false, true]);
  });

  it('that goes and comes back at once is told', async () => {
    const { pid, tell } = await start(version);
    const run = await watch(pid, 'counts', '7');
    await tell('again');
    const { hits } = await run.end();
    const control = controlsOf(hits);
    expect(control).toHaveLength(2);
    expect(control[1]).toMatch(/-> full .* by main\.update/);
  });
});

it('of a slice: what is watched and what is not, and another choice', async () => {
  const { pid, tell } = await start();
  const run = await watch(pid, 'slices', '"k"');
  expect(unwatched(run.attached, 'pointee')).toEqual([{ from: 16, to: 24 }]);
  expect(unwatched(run.attached, 'elem')).toEqual([
    { from: 0, to: 8 },
    { from: 16, to: 24 },
  ]);
  await tell('item');
  expect((await run.end()).hits).toEqual([]);
  for (const choice of [
    ['--field', '[2]'],
    ['--part', 'pointee'],
    ['--part', 'pointee', '--offset', '16'],
  ]) {
    const other = await watch(pid, 'slices', '"k"', ...choice);
    await tell('item');
    expect((await other.end()).hits.map((hit) => [hit.place.label, hit.place.offset])).toEqual([
      ['value[2]', 16],
    ]);
  }
});

it('of a string shows the string', async () => {
  const { pid, tell } = await start();
  const run = await watch(pid, 'texts', '"k"');
  await tell('text');
  await run.until((line) => line.type === 'hit' && line.string !== undefined);
  await tell('text');
  await run.until((line) => line.type === 'hit' && line.string !== undefined);
  const { hits } = await run.end();
  expect(hits).toHaveLength(4);
  expect(hits.filter((hit) => hit.place.label === 'len(value)').map((hit) => hit.after?.text)).toEqual([
    '1',
    '2',
  ]);
  expect(hits.flatMap(({ string }) => (string === undefined ? [] : [string]))).toEqual([
    { after: '"a"' },
    { before: '"a"', after: '"aa"' },
  ]);
});

it('of a large element says which bytes are left out', async () => {
  const { pid, tell } = await start();
  const run = await watch(pid, 'bigs', '3');
  expect(unwatched(run.attached, 'elem')).toEqual([{ from: 24, to: 168 }]);
  await tell('big');
  const { hits } = await run.end();
  expect([...new Set(hits.map((hit) => (hit.caller ?? hit.writer).function))]).toEqual(['main.writeBig']);
});

it('that was never there: who puts it into an empty map', async () => {
  const { pid, tell } = await start();
  const run = await watch(pid, 'empty', '7');
  expect(run.attached.watching).toMatchObject({ present: false, parts: [] });
  await tell('first');
  await run.until(isPresent(true));
  const { hits, summary } = await run.end();
  expect(hits.map((hit) => (hit.caller ?? hit.writer).function)).toContain('main.first');
  expect(summary.watched).toMatchObject({ returned: 1, gone: 0 });
});

it('ends with its summary when the program is killed', async () => {
  const { child, pid } = await start();
  const run = await watch(pid, 'counts', '7');
  child.kill('SIGKILL');
  const lines = await run.rest();
  expect(lines.at(-1)).toMatchObject({ type: 'summary', ended: 'target-exited' });
  expect(await run.exit).toEqual([0, null]);
  expect(run.errors()).not.toContain('not-a-map');
});

it('refuses bytes that are not there', async () => {
  const { pid } = await start();
  const code = (map: string, key: string, ...args: string[]): string | undefined =>
    errorCode(
      mapaudit(
        'watch',
        '--json',
        '--duration',
        '1ms',
        '-p',
        pid,
        '--expr',
        `main.${map}`,
        '--key',
        key,
        ...args,
      ),
    );
  expect(code('counts', '7', '--part', 'pointee')).toBe('no-such-part');
  expect(code('pairs', '"k"', '--field', 'C')).toBe('no-such-field');
  expect(code('counts', '7', '--offset', '8')).toBe('outside-part');
  expect(code('bigs', '3', '--length', '40')).toBe('too-many-watchpoints');
  expect(code('counts', '7', '--part', 'middle')).toBe('usage-choice');
  expect(code('counts', '7', '--part', 'elem', '--field', 'A')).toBe('usage-contradiction');
  const run = await watch(pid, 'counts', '7', '--length', '4');
  expect(run.attached.watching?.places.map(({ length }) => length)).toEqual([4, 1]);
});
