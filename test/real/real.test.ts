import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMapaudit } from '../../bench/lib/child.ts';
import { type Counted, countBoth, type Counts } from './counts.ts';
import { type RealProgram, startCaddy, startNats } from './programs.ts';

const BUILD_MS = 20 * 60_000;
const RUN_MS = 5 * 60_000;

/** Operations that the load makes at least; less would prove little. */
const MANY = 1000;

beforeAll(buildMapaudit);

describe.each([
  ['nats-server', startNats],
  ['caddy', startCaddy],
])('%s', (name, start) => {
  let program: RealProgram;
  let idle: Counted;
  let busy: Counted;

  beforeAll(async () => {
    program = await start();
    const began = performance.now();
    busy = await countBoth(program, () => program.load());
    const took = performance.now() - began;
    idle = await countBoth(program, () => new Promise((resolve) => setTimeout(resolve, took)));
  }, BUILD_MS);
  afterAll(() => program.stop());

  it(
    'is counted by top as bpftrace counts it',
    () => {
      console.log(name, {
        mapaudit: busy.mapaudit,
        bpftrace: busy.bpftrace,
        restarts: busy.restarts,
        idle: idle.bpftrace,
      });
      for (const op of opsOf(busy)) {
        // What the program does by itself while one of the two is in place and the other not yet, or no more: it was
        // counted once, and is another number each time.
        const quiet = Math.max(idle.bpftrace[op] ?? 0, idle.mapaudit[op] ?? 0);
        const difference = Math.abs((busy.mapaudit[op] ?? 0) - (busy.bpftrace[op] ?? 0));
        expect.soft(difference, op).toBeLessThanOrEqual(quiet + 3 * Math.sqrt(quiet + 1));
      }
      expect(total(busy.bpftrace)).toBeGreaterThan(MANY);
      expect(total(idle.bpftrace)).toBeLessThan(total(busy.bpftrace) / 20);
    },
    RUN_MS,
  );

  it('has a type and a place for every row', () => {
    const { counters } = busy.snapshot;
    const known = counters.filter((row) => row.map_type !== undefined && row.caller !== undefined);
    const count = (rows: typeof counters): number => rows.reduce((sum, row) => sum + row.count, 0);
    expect(count(known)).toBe(count(counters));
  });
});

const opsOf = ({ mapaudit, bpftrace }: Counted): (keyof Counts)[] =>
  [...new Set([...Object.keys(mapaudit), ...Object.keys(bpftrace)])] as (keyof Counts)[];

const total = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);
