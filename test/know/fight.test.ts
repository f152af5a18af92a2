import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../src/protocol/event.ts';
import type { Stop } from '../../src/protocol/stop.ts';
import type { Summary } from '../../src/protocol/summary.ts';
import type { Touched } from '../../src/protocol/touched.ts';
import { errorCode, MAPAUDIT, mapaudit } from '../agent/support.ts';
import { buildGo } from '../support/go_build.ts';
import { type Traced, traced } from './traced.ts';

const PRIZE = 'sess:91af';
const OPS = 6000;

/** Goroutine, operation, entries before, and whether the key was there. */
type Step = readonly [goid: number, op: string, len: number, found: boolean | undefined];

interface Row {
  readonly goid: number;
  readonly map: string;
  readonly op: string;
  readonly key: string;
  readonly len: number;
  readonly there: boolean;
}

const rowOf = ([goid, map = '', op = '', key = '', len, there]: readonly string[]): Row => ({
  goid: Number(goid),
  map,
  op,
  key,
  len: Number(len),
  there: there === 'true',
});

/** What a row looks like to mapaudit: reads and clears say nothing of a key. */
const stepOf = ({ goid, op, len, there }: Row): Step => [
  goid,
  op,
  len,
  op === 'access' || op === 'clear' ? undefined : there,
];

const stepOfEvent = (event: TraceEvent | Stop): Step => [
  event.goroutine?.id ?? 0,
  event.op,
  event.len ?? -1,
  event.found,
];

/** The ledger of one map's key; clears count while the key is in the map as far as anybody watching can know. */
function lifeOf(rows: readonly Row[], map: string, reads: boolean): Step[] {
  let there: boolean | undefined;
  return rows.flatMap((row) => {
    if (row.map !== map || (row.op === 'access' && !reads)) return [];
    // The program looks before it does anything, and what a read found is not known: the key may be there.
    if (reads && (row.op === 'clear' || row.key === PRIZE)) there ??= true;
    if (row.op === 'clear') {
      if (there !== true) return [];
      there = false;
      return [stepOf(row)];
    }
    if (row.key !== PRIZE) return [];
    if (row.op !== 'access') there = row.op === 'assign';
    return [stepOf(row)];
  });
}

describe.each(['1.18.10', '1.23.12', '1.24.13', '1.27.4'])(
  'twenty goroutines and one key, Go %s',
  (version) => {
    it.each([false, true])('who tells its life as the ledger does (reads: %s)', async (reads) => {
      const { ledger, lines } = await traced({
        program: buildGo('fight', version),
        programArgs: ['-ops', String(OPS)],
        args: () => ['who', '--map', 'session', '--key', `"${PRIZE}"`, ...(reads ? ['--reads'] : [])],
      });
      const rows = ledger.map(rowOf);
      const told = lines.filter((line): line is TraceEvent => line.type === 'event');
      const events = told.filter((event) => event.caller?.function !== 'main.step');
      const summary = lines.at(-1) as Summary;
      expect(summary.lost).toBe(0);
      const ids = [...new Set(events.map((event) => event.map.id))];
      expect(ids).toHaveLength(2);
      const lives = ids.map((id) => events.filter((event) => event.map.id === id).map(stepOfEvent));
      const wanted = ['sessions', 'others'].map((map) => lifeOf(rows, map, reads));
      lives.sort((a, b) => b.length - a.length);
      wanted.sort((a, b) => b.length - a.length);
      expect(wanted[1]?.length).toBeGreaterThan(100);
      expect(lives).toEqual(wanted);
      const touched = lines.at(-2) as Touched;
      expect(touched.by.reduce((sum, one) => sum + one.touches, 0)).toBe(told.length);
      const put = touched.by.find((one) => one.caller?.function === 'main.put');
      expect(put).toMatchObject({ goroutines: 20, starts: [expect.stringContaining('main.main')] });
      expect(put?.inserts).toBe(events.filter((e) => e.op === 'assign' && e.found === false).length);
    });
  },
);

describe('one map by the variable that holds it, and what was kept of its key', () => {
  it.each(['1.23.12', '1.26.8'])('is the same life, Go %s', async (version) => {
    const run = { program: buildGo('fight', version), programArgs: ['-ops', String(OPS)] };
    const live = await traced({
      ...run,
      args: () => ['who', '--map', 'main.sessions', '--key', `"${PRIZE}"`],
    });
    const wanted = lifeOf(live.ledger.map(rowOf), 'sessions', false);
    const told = (lines: Traced['lines']): TraceEvent[] =>
      lines.filter((line): line is TraceEvent => line.type === 'event');
    expect(wanted.length).toBeGreaterThan(1000);
    expect(told(live.lines).map(stepOfEvent)).toEqual(wanted);

    const all = await traced({ ...run, args: () => ['trace', '--op', 'assign,delete,clear'] });
    const folder = mkdtempSync(join(tmpdir(), 'mapaudit-past-'));
    try {
      const file = join(folder, 'events.jsonl');
      writeFileSync(file, all.text);
      const address = told(all.lines).find((event) => event.caller?.function === 'main.put')!.map.address!;
      const ask = (...args: string[]): Traced['lines'] =>
        mapaudit('who', '--from', file, '--map', address, '--key', `"${PRIZE}"`, '--json', ...args)
          .out.trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as { type: string });
      const past = ask();
      expect(past.map((line) => line.type).filter((type) => type !== 'event')).toEqual([
        'attached',
        'touched',
        'summary',
      ]);
      const rows = all.ledger.map(rowOf);
      const lives = ['sessions', 'others'].map((map) => lifeOf(rows, map, false));
      expect(lives).toContainEqual(told(past).map(stepOfEvent));
      const events = told(past);
      const middle = events[Math.floor(events.length / 2)]!.time;
      const last = Date.parse(told(all.lines).at(-1)!.time);
      const since = ask('--since', `${last - Date.parse(middle)}ms`);
      const later = events.filter(
        (event) => event.time >= new Date(Date.parse(middle)).toISOString().slice(0, -1),
      );
      expect(told(since).filter((event) => event.op !== 'clear')).toEqual(
        later.filter((event) => event.op !== 'clear'),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('says what is wrong', () => {
    const code = (...args: string[]): string | undefined =>
      errorCode(mapaudit('who', '--key', '"a"', '--json', ...args));
    expect(code('-p', '1', '--since', '10m')).toBe('nothing-kept');
    expect(code('-p', '1', '--since', '10m', '--duration', '1s')).toBe('usage-contradiction');
    expect(code('--since', '10m')).toBe('usage-no-target');
    expect(code('-p', '1', '--from', '/tmp/x')).toBe('usage-contradiction');
    expect(code('--from', '/nonexistent')).toBe('no-such-file');
    expect(code('--from', MAPAUDIT)).toBe('not-kept-events');
  });
});

describe('break', () => {
  it.each(['1.21.13', '1.26.8'])('hits exactly where the condition holds, Go %s', async (version) => {
    let goid = 0;
    const { ledger, lines } = await traced({
      program: buildGo('fight', version),
      programArgs: ['-ops', String(OPS)],
      args: (ready) => {
        goid = Number(ready[7]);
        const condition = `len > 3 && goroutine == ${goid} && (found || key =~ "^sess:\\d$") && file == "main.go"`;
        return ['break', '--on', 'delete map[string]*main.session', '--if', condition];
      },
    });
    const hits = lines.filter((line): line is Stop => line.type === 'stop');
    const wanted = ledger.map(rowOf).filter(({ op, len, there, key, goid: who }) => {
      return op === 'delete' && who === goid && len > 3 && (there || /^sess:\d$/.test(key));
    });
    expect(wanted.length).toBeGreaterThan(5);
    expect(hits.map(stepOfEvent)).toEqual(wanted.map(stepOf));
    for (const hit of hits) {
      expect(hit.caller).toMatchObject({ function: 'main.remove' });
      expect(hit.stack?.map((frame) => frame.function)).toEqual(
        expect.arrayContaining(['main.remove', 'main.step', 'main.fight']),
      );
      expect(hit.header?.layout).toBe(version === '1.21.13' ? 'classic' : 'swiss');
      // The map is the second argument of runtime.mapdelete_faststr, the key's length the fourth.
      expect(hit.registers?.RBX).toBe(hit.map.address);
      expect(Number(hit.registers?.RDI)).toBe((JSON.parse(hit.key?.text ?? '""') as string).length);
    }
  });

  it('hits one key with the filter in the kernel, and never with an unknown field', async () => {
    const run = { program: buildGo('fight'), programArgs: ['-ops', String(OPS)] };
    const one = await traced({
      ...run,
      args: () => ['break', '--on', 'delete', '--if', `key == "${PRIZE}"`],
    });
    const wanted = one.ledger.map(rowOf).filter(({ op, key }) => op === 'delete' && key === PRIZE);
    expect(one.lines.filter((line) => line.type === 'stop')).toHaveLength(wanted.length);
    const none = await traced({
      ...run,
      args: () => ['break', '--on', 'grow,clear', '--if', '(found || !found) && op == "clear"'],
    });
    expect(none.lines.map((line) => line.type)).toEqual(['attached', 'summary']);
  });

  it('takes the map of a variable alone, and says when there is no such variable', async () => {
    let missing = '';
    const { ledger, lines } = await traced({
      program: buildGo('fight'),
      programArgs: ['-ops', String(OPS)],
      args: (ready) => {
        missing = mapaudit('break', '-p', ready[1] ?? '', '--on', 'delete main.sesions', '--json').err;
        return ['break', '--on', 'delete main.sessions', '--if', 'len > 2'];
      },
    });
    const deletes = ledger.map(rowOf).filter(({ op, len }) => op === 'delete' && len > 2);
    const wanted = deletes.filter(({ map }) => map === 'sessions');
    expect(wanted.length).toBeGreaterThan(5);
    expect(deletes.length).toBeGreaterThan(wanted.length);
    const hits = lines.filter((line): line is Stop => line.type === 'stop');
    expect(hits.map(stepOfEvent)).toEqual(wanted.map(stepOf));
    expect(JSON.parse(missing)).toMatchObject({
      code: 'no-such-variable',
      hint: expect.stringContaining('main.sessions') as string,
    });
  });

  it('does not begin with a condition that is wrong', () => {
    const wrong = mapaudit('break', '-p', '1', '--if', 'gorutine == 5', '--json');
    expect([wrong.code, errorCode(wrong)]).toEqual([2, 'usage-condition']);
    const never = mapaudit('break', '-p', '1', '--on', 'delete', '--if', 'op == "clear"', '--json');
    expect([never.code, errorCode(never)]).toEqual([2, 'usage-condition']);
  });
});
