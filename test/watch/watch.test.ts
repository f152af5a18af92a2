import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { Target } from '../../src/agent/target.ts';
import { callerBehind, hitFrames } from '../../src/agent/watch_frames.ts';
import { isMapauditError } from '../../src/base/errors.ts';
import { addr } from '../../src/model/addr.ts';
import { fixedPlaces, type Place, type PlaceSource } from '../../src/probe/watch/place.ts';
import type { WatchHit } from '../../src/probe/watch/watch_hit.ts';
import { WatchProbe } from '../../src/probe/watch/watch_probe.ts';
import { SymbolCache } from '../../src/stream/symbols.ts';
import { openHandles } from '../../src/sys/handles.ts';
import { threadsOf } from '../../src/sys/proc/threads.ts';
import { buildGo } from '../support/go_build.ts';
import { WatchedProgram, type Wrote } from './program.ts';

let program: WatchedProgram;
let target: Target;
let before = 0;

async function start(version?: string): Promise<void> {
  before = openHandles().length;
  program = await WatchedProgram.start(buildGo('watch', version));
  target = Target.open(program.pid);
}

function watch(
  source: PlaceSource | readonly Place[],
  access: 'write' | 'read-write' = 'write',
  witnessed = true,
): WatchProbe {
  const { pid, memory } = target;
  const goidOffset = witnessed ? { goidOffset: target.binary.offsets.gGoid } : {};
  const places = 'resolve' in source ? source : fixedPlaces(source);
  return new WatchProbe({ pid, memory, access, frames: 32, source: places, ...goidOffset });
}

/** Drains while `work` goes on, and a little longer. */
async function during<T>(probe: WatchProbe, work: Promise<T>): Promise<{ hits: WatchHit[]; result: T }> {
  const hits: WatchHit[] = [];
  const state = { done: false };
  const settled = work.finally(() => (state.done = true));
  settled.catch(() => undefined); // told below, when what was hit until then is drained
  for (let rest = 4; rest > 0; rest -= state.done ? 1 : 0) {
    hits.push(...probe.drain());
    await sleep(10);
  }
  return { hits, result: await settled };
}

/** The line of main.go that did it, itself or through Go's runtime. */
function lineOf(hit: WatchHit): string {
  const symbols = new SymbolCache(() => target);
  const frames = hitFrames(hit, target, symbols);
  const frame = callerBehind(frames) ?? frames[0];
  return `${frame?.function ?? '?'} ${frame?.file?.split('/').at(-1) ?? '?'}:${frame?.line ?? 0}`;
}

const NAMES: Readonly<Record<string, string>> = {
  field: 'byField', unsafe: 'byUnsafe', assign: 'byAssign', stale: 'byStale', cell: 'byCell', copy: 'byCopy',
}; // prettier-ignore

const expected = (book: readonly Wrote[]): string[] =>
  book.map((w) => `main.${NAMES[w.how] ?? '?'} main.go:${w.line} tid ${w.tid} goroutine ${w.goid}`).sort();
const found = (hits: readonly WatchHit[]): string[] =>
  hits.map((hit) => `${lineOf(hit)} tid ${hit.tid} goroutine ${hit.goid ?? 'unknown'}`).sort();

function codeOf(make: () => WatchProbe): string {
  try {
    make().close();
    return 'no error';
  } catch (error) {
    return isMapauditError(error) ? error.code : String(error);
  }
}

afterEach(() => {
  target.close();
  program.close();
  expect(openHandles().slice(before)).toEqual([]);
});

describe.each(['1.18.10', '1.20.14', '1.22.12', '1.23.12', '1.24.13', '1.26.8', '1.27.4'])(
  'Go %s',
  (version) => {
    beforeEach(() => start(version));

    it('each hit has the line of the ledger, and none is missing', async () => {
      await program.write('write cell 6 5'); // makes the threads
      await program.ask('grow'); // the element that `stale` points to is elsewhere now
      const existing = new Set(threadsOf(program.pid));
      const probe = watch([
        program.place('cell'),
        program.place('pointer'),
        program.place('inlined'),
        program.place('stale'),
      ]);
      for (const way of ['cell', 'field', 'unsafe', 'assign', 'stale']) {
        const { hits, result } = await during(probe, program.write(`write ${way} 4 25`));
        const book = result.filter((w) => existing.has(w.tid));
        expect(book.length).toBeGreaterThan(0);
        expect(found(hits.filter((hit) => existing.has(hit.tid)))).toEqual(expected(book));
      }
      expect(probe.finish()).toEqual([]);
      expect(probe.totals.lost).toBe(0);
      probe.close();
    });

    it("a copy by Go's own memmove is its caller's", async () => {
      await program.write('write cell 4 1'); // makes the threads
      const probe = watch([program.place('block')]);
      const { hits, result } = await during(probe, program.write('write copy 1 3'));
      expect(hits.length).toBeGreaterThanOrEqual(3); // memmove may write a word twice
      expect([...new Set(found(hits))]).toEqual([...new Set(expected(result))]);
      probe.close();
    });
  },
);

const word = (value: { readonly bytes: Uint8Array } | undefined): number | undefined =>
  value && Number(Buffer.from(value.bytes).readBigInt64LE());

describe('values', () => {
  beforeEach(async () => {
    await start();
    await program.write('write copy 4 1'); // makes threads: while one is not watched yet, no value is certain
  });

  it('are seen at each hit, also of writes in quick succession', async () => {
    const probe = watch([program.place('cell')]);
    const { hits, result } = await during(probe, program.write('write cell 1 50'));
    const wrote = result.map((w) => w.value);
    const isKnown = (value: number | undefined): boolean =>
      value !== undefined || probe.totals.lateThreads === 0;
    expect(hits).toHaveLength(50);
    for (const [i, hit] of hits.entries()) {
      if (isKnown(word(hit.after))) expect(word(hit.after)).toBe(wrote[i]);
      if (i > 0 && isKnown(word(hit.before))) expect(word(hit.before)).toBe(wrote[i - 1]);
    }
    expect([0, undefined]).toContain(word(hits[0]?.before));
    probe.close();
  });

  it('of a part of a word are that part', async () => {
    const { address } = program.place('block');
    const at = (offset: number): Place => ({ address: addr(address + offset), length: 2 });
    const probe = watch([at(0), at(2)]);
    const value = 0x1234_5678;
    await program.ask(`set - ${value}`);
    const { hits } = await during(probe, program.write('write copy 1 1'));
    const copied = (from: number): string[] =>
      hits
        .filter((h) => h.place.address === address + from)
        .map((h) => (h.after === undefined ? 'unknown' : Buffer.from(h.after.bytes).toString('hex')));
    expect(copied(0)).toContain('7956');
    expect(copied(2)).toContain('3412');
    probe.close();
  });

  it('without eBPF are told only where they were read in time, and goroutines not at all', async () => {
    const probe = watch([program.place('cell')], 'write', false);
    const told: WatchHit[] = [];
    const wrote: number[] = [0];
    for (let i = 0; i < 20; i++) {
      const { hits, result } = await during(probe, program.write('write cell 1 1'));
      told.push(...hits);
      wrote.push(...result.map((w) => w.value));
    }
    expect(told).toHaveLength(20);
    for (const [i, hit] of told.entries()) {
      expect(hit.goid).toBeUndefined();
      expect([wrote[i], undefined]).toContain(word(hit.before));
      expect([wrote[i + 1], undefined]).toContain(word(hit.after));
    }
    expect(told.filter((hit) => hit.before && hit.after).length).toBeGreaterThan(10);
    const { hits } = await during(probe, program.write('write cell 1 50'));
    expect(hits).toHaveLength(50);
    for (const [i, hit] of hits.entries()) {
      const previous = hits[i - 1];
      if (previous && hit.before) expect(hit.before.begun > previous.time).toBe(true);
    }
    probe.close();
  });
});

describe('a watch', () => {
  beforeEach(() => start());

  it('sees the kernel write in a system call', async () => {
    const probe = watch([program.place('cell')]);
    const { hits, result } = await during(probe, program.write('read'));
    const line = `main.main main.go:${result[0]!.line}`;
    expect(hits.length).toBeGreaterThan(0);
    expect(hits.every((hit) => hit.kernel)).toBe(true);
    expect([...new Set(hits.map(lineOf))]).toEqual([line]);
    probe.close();
  });

  it('takes in new threads, and says how many were unwatched at first', async () => {
    const probe = watch([program.place('cell')]);
    const threads = probe.totals.threads;
    // Of so many, most are on new threads, however many idle ones Go has made before.
    const { hits: none } = await during(probe, program.ask('hold cell 16'));
    expect(none).toEqual([]);
    const { hits, result } = await during(probe, program.write('release'));
    expect(result).toHaveLength(16);
    expect(found(hits)).toEqual(expected(result));
    const { totals } = probe;
    expect(totals.threads).toBeGreaterThanOrEqual(threads + 7);
    expect(totals.lateThreads).toBeGreaterThanOrEqual(7);
    expect(totals.longestGapMs).toBeGreaterThan(0);
    probe.close();
  });

  it('misses only what threads did before they were watched', async () => {
    const probe = watch([program.place('cell')]);
    const { hits, result } = await during(probe, program.write('threads cell 8 40'));
    const rest = expected(result);
    for (const hit of found(hits)) expect(rest.splice(rest.indexOf(hit), 1)).toEqual([hit]);
    if (rest.length > 0) expect(probe.totals.lateThreads).toBeGreaterThan(0);
    probe.close();
  });

  it('counts what found no room, to the last', async () => {
    await program.ask('write cell 4 1');
    const probe = watch([program.place('cell')]);
    await program.ask('flood - 3000');
    await sleep(20);
    const hits = [...probe.drain(), ...probe.finish()];
    expect(probe.totals.lost).toBeGreaterThan(0);
    if (probe.totals.lateThreads === 0) expect(hits.length + probe.totals.lost).toBe(3000);
    expect(hits.length + probe.totals.lost).toBeLessThanOrEqual(3000);
    probe.close();
  });

  it('follows a place that moves', async () => {
    await program.write('write cell 4 1'); // makes the threads
    let address = Number(program.where.inlined);
    const probe = watch({ resolve: () => [{ address: addr(address), length: 8, label: 'element' }] });
    const addresses = new Set([address]);
    for (let grown = 0; grown < 3;) {
      await program.ask('fill - 500');
      address = Number(await program.ask('where'));
      if (addresses.has(address)) continue;
      addresses.add(address);
      grown++;
      probe.resolveAgain();
      const { hits, result } = await during(probe, program.write('write assign 1 2'));
      expect(found(hits)).toEqual(expected(result));
      expect(hits.every((hit) => hit.place.address === address)).toBe(true);
    }
    expect(probe.totals.moves).toBe(3);
    probe.close();
  });

  it('sees reads when asked to, and none otherwise', async () => {
    const place = { ...program.place('inlined'), label: 'element' };
    const [writes, both] = [watch([place]), watch([place], 'read-write')];
    await program.ask('where'); // finds the element and does not touch it
    const { hits } = await during(both, program.ask('fill - 2000')); // growing reads each element
    expect(hits.length).toBeGreaterThan(0);
    expect(writes.drain().length).toBeLessThan(hits.length);
    writes.close();
    both.close();
  });

  it('ends quietly with the program', async () => {
    const probe = watch([program.place('cell')]);
    const ended = once(program.child, 'exit');
    program.close();
    await ended;
    expect(probe.drain()).toEqual([]);
    expect(probe.finish()).toEqual([]);
    expect(target.ended()).toBe('target-exited');
    probe.close();
  });

  it('of too many or impossible places is refused', () => {
    const { address } = program.place('block');
    const at = (offset: number, length: Place['length'] = 8): Place => ({
      address: addr(address + offset),
      length,
    });
    expect(codeOf(() => watch([0, 8, 16, 24].map((offset) => at(offset))))).toBe('no error');
    expect(codeOf(() => watch([0, 8, 16, 24, 32].map((offset) => at(offset))))).toBe('too-many-watchpoints');
    expect(codeOf(() => watch([at(1, 4)]))).toBe('unaligned-address');
    expect(codeOf(() => watch([at(1, 1)]))).toBe('no error');
    expect(codeOf(() => watch([at(0), at(0, 4)]))).toBe('same-place');
    expect(codeOf(() => watch([{ address: addr(2 ** 47), length: 8 }]))).toBe('bad-address');
  });

  it('says when another tool has the watchpoints', () => {
    const other = watch([program.place('cell'), program.place('pointer'), program.place('stale')]);
    expect(codeOf(() => watch([program.place('block'), program.place('inlined')]))).toBe('watchpoints-taken');
    expect(codeOf(() => watch([program.place('block')]))).toBe('no error');
    other.close();
    expect(codeOf(() => watch([program.place('block'), program.place('inlined')]))).toBe('no error');
  });
});
