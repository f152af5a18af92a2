import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pastLines } from '../../src/agent/past.ts';
import { startTop } from '../../src/agent/top.ts';
import { traceLines } from '../../src/agent/trace.ts';
import { whoLines } from '../../src/agent/who.ts';
import { isMapauditError } from '../../src/base/errors.ts';
import { parseKey, parseOneKey } from '../../src/cli/parse/key.ts';
import { WRITE_OPS } from '../../src/model/map_op.ts';
import type { TraceEvent } from '../../src/protocol/event.ts';
import type { Filters, RunOptions, TopOptions } from '../../src/protocol/options.ts';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import { buildGo } from '../support/go_build.ts';

const LONG = 'x'.repeat(500);
const SIGNAL = new AbortController().signal;

let program: ChildProcess;
let folder: string;
beforeAll(async () => {
  const started = spawn(buildGo('whokeys'), { stdio: ['ignore', 'pipe', 'ignore'] });
  program = started;
  folder = mkdtempSync(join(tmpdir(), 'mapaudit-keys-'));
  await once(started.stdout, 'data');
}, 120_000);
afterAll(() => {
  program.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const run = (filters: Partial<Filters>): RunOptions => ({
  selection: { type: 'pid', pid: program.pid ?? 0 },
  filters: { ops: WRITE_OPS, ...filters },
  keys: { type: 'full' },
  effects: 'auto',
  probe: 'auto',
  durationMs: 30_000,
});

interface Answer {
  readonly events: readonly TraceEvent[];
  readonly notices: readonly string[];
}

async function gathered(lines: AsyncIterable<readonly { readonly type: string }[]>): Promise<Answer> {
  const all: { readonly type: string }[] = [];
  for await (const batch of lines) all.push(...batch);
  return {
    events: all.flatMap((line) => (line.type === 'event' ? [line as TraceEvent] : [])),
    notices: all.flatMap((line) =>
      line.type === 'notice' ? [(line as unknown as { code: string }).code] : [],
    ),
  };
}

const who = (map: string, key: string): Promise<Answer> => {
  const filters = { map, ...parseOneKey(key), keyless: true as const };
  return gathered(whoLines({ ...run(filters), frames: 0, count: 2 }, SIGNAL));
};

const codeOf = async (answer: Promise<unknown>): Promise<string | undefined> => {
  const error: unknown = await answer.catch((cause: unknown) => cause);
  return isMapauditError(error) ? error.code : undefined;
};

/** A variable, a key as it may be written, and as the output writes it. */
const KEYS = [
  ['main.str', '"a b\\"c"', '"a b\\"c"'],
  ['main.str', '"ключ\\x00\\xff"', '"ключ\\x00\\xff"'],
  ['main.str', '"*"', '"*"'],
  ['main.str', 'x\\*', '"x*"'],
  ['main.str', '""', '""'],
  ['main.str', 'refl', '"refl"'],
  ['main.id', 'main.ID("q")', '"q"'],
  ['main.f64', '0', '-0'],
  ['main.f64', '1.50', '1.5'],
  ['main.u64', '0xffffffffffffffff', '18446744073709551615'],
  ['main.ru', "'x'", '120'],
  ['main.bo', 'true', 'true'],
  ['main.pt', 'main.P{1,2}', 'main.P{X: 1, Y: 2}'],
  ['main.pt', 'P{X: 1, Y: 2}', 'main.P{X: 1, Y: 2}'],
  ['main.pt', '{X: 1, Y: 2}', 'main.P{X: 1, Y: 2}'],
  ['main.pt', 'main.P{X:1, Y:2}', 'main.P{X: 1, Y: 2}'],
  ['main.ps', 'main.PS{"q", 3}', 'main.PS{A: "q", B: 3}'],
  ['main.arr', '[3]int{1, 2, 3}', '[3]int{1, 2, 3}'],
  ['main.arr', '[...]int{1,2,2: 3}', '[3]int{1, 2, 3}'],
  ['main.ifc', '1', '1'],
  ['main.ifc', '"1"', '"1"'],
  ['main.ifc', 'int8(1)', 'int8(1)'],
  ['main.ifc', 'P{1, 2}', 'main.P{X: 1, Y: 2}'],
] as const;

describe('one key, however it is written', { timeout: 60_000 }, () => {
  it.each(KEYS)('who --map %s --key %s', async (map, key, shown) => {
    const { events, notices } = await who(map, key);
    // A loop that deletes every key of a map clears it, and a clear has no key: it may be among them.
    const keyed = events.filter(({ op }) => op !== 'clear');
    expect(new Set(keyed.map((event) => event.key?.text))).toEqual(new Set([shown]));
    expect(notices).not.toContain('keys-cut');
  });

  it.each([
    ['main.long', `"${LONG}1"`],
    ['main.big', '[40]int64{39: 1}'],
  ])('tells of what is longer than what is captured in %s', async (map, key) => {
    const { events, notices } = await who(map, key);
    expect(events).toHaveLength(2);
    expect(notices).toContain('keys-cut');
  });

  it.each([
    ['main.u64', '"x"', 'usage-key'],
    ['main.u64', '-1', 'usage-key'],
    ['main.bo', 'maybe', 'usage-key'],
    ['main.pt', 'main.PS{"q", 3}', 'usage-key'],
    ['map\\[uint64\\]', '"x"', 'usage-key'],
    ['main.sm', '"q"', 'sync-map'],
  ])('refuses what is no key of %s: %s', async (map, key, code) => {
    expect(await codeOf(who(map, key))).toBe(code);
  });

  it.each([
    '[3]int{1, 2, 3}',
    'main.P{1,2}',
    '[16]byte{0xde, 0xad, 15: 1}',
    '0xffffffffffffffff',
    'main.PS{`q`, 3}',
  ])('trace --key %s', async (key) => {
    const filters = parseKey(key);
    expect(filters.keyLiteral).toBe(key);
    const trace = traceLines({ ...run(filters), sampleEvery: 1, frames: 0, count: 2 }, SIGNAL);
    const { events } = await gathered(trace);
    expect(events).toHaveLength(2);
    expect(new Set(events.map((event) => event.key?.text)).size).toBe(1);
  });

  it.each([
    ['[16]byte{0xde, 0xad, 15: 1}', undefined, 'map[[16]uint8]int'],
    ['[3]int{1, 2, 3}', undefined, 'map[[3]int]int'],
    ['main.P{1, 2}', 'map\\[main[.]P\\]', 'map[main.P]int'],
    ['0', 'map\\[float64', 'map[float64]int'],
    ['0xffffffffffffffff', 'map\\[uint64', 'map[uint64]int'],
    ["'x'", 'map\\[int32\\]int', 'map[int32]int'],
  ])('top --key %s --map %s counts in the kernel', async (key, map, type) => {
    const filters = { ...parseKey(key), ...(map === undefined ? {} : { map }) };
    const options: TopOptions = { ...run(filters), durationMs: 1500, intervalMs: 1000, once: true };
    const snapshots: Snapshot[] = [];
    // On a busy machine the program may not come to write in that time.
    for (let i = 0; i < 10 && (snapshots.at(-1)?.counters ?? []).length === 0; i++)
      for await (const line of startTop(options, SIGNAL).lines)
        if (line.type === 'snapshot') snapshots.push(line);
    const rows = snapshots.at(-1)?.counters ?? [];
    expect(new Set(rows.map((row) => row.map_type))).toEqual(new Set([type]));
    expect(rows.every((row) => row.count > 0)).toBe(true);
  });

  it('top says when a key is not the same memory in all maps', async () => {
    const options: TopOptions = { ...run(parseKey('1')), intervalMs: 1000, once: true };
    const all = async (): Promise<void> => {
      for await (const line of startTop(options, SIGNAL).lines) if (line.type === 'summary') return;
    };
    expect(await codeOf(all())).toBe('key-filter-needs-events');
  });
});

describe('what was kept', { timeout: 60_000 }, () => {
  it('finds the same keys', async () => {
    const { events } = await gathered(
      traceLines({ ...run({}), durationMs: 4000, sampleEvery: 1, frames: 0 }, SIGNAL),
    );
    const path = join(folder, 'kept.jsonl');
    writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const past = (key: string, map: string): Promise<Answer> =>
      gathered(
        pastLines(
          { kept: { type: 'file', path }, filters: { ops: WRITE_OPS, map, ...parseOneKey(key) } },
          SIGNAL,
        ),
      );
    const types: Readonly<Record<string, string>> = {
      'main.f64': '^map\\[float64',
      'main.ifc': '^map\\[interface',
    };
    for (const [variable, key, shown] of KEYS) {
      const found = (await past(key, types[variable] ?? '.')).events.map((event) => event.key?.text);
      expect([key, new Set(found).has(shown)]).toEqual([key, true]);
    }
    const long = await past(`"${LONG}1"`, 'string');
    expect(long.events.length).toBeGreaterThan(0);
    expect(long.notices).toContain('keys-cut');
  });

  it.each([
    [
      '{"type":"event","op":"assign","time":"garbage","map":{"id":1},"thread":1,"key":{"text":"1.5"}}',
      'time',
    ],
    ['{"type":"event","op":"assign","map":null,"key":{"text":1.5}}', 'time'],
    ['{"type":"attached","pid":1,"name":"x"}', 'go_version'],
  ])('names file, line and part of %s', async (line, part) => {
    const path = join(folder, 'evil.jsonl');
    writeFileSync(path, `{"type":"notice"}\n${line}\n`);
    for (const sinceMs of [undefined, 1000, 1e300]) {
      const options = {
        kept: { type: 'file', path } as const,
        filters: { ops: WRITE_OPS, keyLiteral: '1.5' },
        ...(sinceMs === undefined ? {} : { sinceMs }),
      };
      const error: unknown = await gathered(pastLines(options, SIGNAL)).catch((cause: unknown) => cause);
      expect(isMapauditError(error, 'not-kept-events')).toBe(true);
      expect((error as Error).message).toContain(`line 2 of ${path}`);
      expect((error as { fields?: unknown }).fields).toMatchObject({ line: 2, part });
    }
  });
});
