import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import { folder, T0 } from './feed.ts';

/** `MAPAUDIT_KILLS=100` is what a release is tested with. */
const KILLS = Number(process.env['MAPAUDIT_KILLS'] ?? 6);
const CHILD = fileURLToPath(new URL('kill_child.ts', import.meta.url));
const place = folder();
afterAll(() => place.remove());

interface Life {
  readonly said: ReadonlyMap<number, number>;
}

/** A writer's life from its start to a SIGKILL that comes `ms` after it has kept so many windows. */
async function life(path: string, first: number, windows: number, ms: number): Promise<Life> {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', CHILD, path, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  const opened = new Promise<void>((resolve) =>
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.split('\n').length > windows + 1) resolve();
    }),
  );
  const ended = once(child, 'close');
  await Promise.race([opened, ended]);
  await new Promise((resolve) => setTimeout(resolve, ms));
  child.kill('SIGKILL');
  await ended;
  const lines = text.slice(0, text.lastIndexOf('\n')).split('\n').slice(1);
  return { said: new Map(lines.map((line) => line.split(' ').map(Number) as [number, number])) };
}

it(
  `opens after ${KILLS} sudden ends, with every window that was closed`,
  async () => {
    const path = place.path('s.duckdb');
    const ledger = new Map<number, number>();
    for (let kill = 0; kill < KILLS; kill++) {
      const first = T0 + kill * 3_600_000;
      const { said } = await life(path, first, (kill * 7) % 45, (kill * 13) % 40);
      for (const [at, sum] of said) ledger.set(at, sum);
      expect(said.size).toBeGreaterThanOrEqual((kill * 7) % 45);
      const notices: string[] = [];
      const store = await openStore({
        path,
        say: ({ message }) => notices.push(message),
        now: () => first + 3_500_000,
        upkeepMs: 0,
        retention: { seconds: 1e12 },
      });
      try {
        // The end before was sudden, and that is said.
        expect(notices).toEqual([expect.stringContaining('ended suddenly')]);
        const rows = await store.reader.read((ask) =>
          ask(
            `SELECT w.start AS start, sum(w.count) AS sum FROM windows_1s w WHERE w.start >= ${first} GROUP BY w.start`,
          ),
        );
        const kept = new Map(rows.map(({ start, sum }) => [Number(start), Number(sum)]));
        for (const [at, sum] of said) expect([at, kept.get(at)]).toEqual([at, sum]);
        // At most one window was written of which the child could not tell any more.
        expect(kept.size - said.size).toBeLessThanOrEqual(1);
        await store.upkeep();
        expect(store.trouble).toBeUndefined();
      } finally {
        await store.close();
      }
    }
    // Over all lives: the levels that are kept so long have the same sums, and they are those of the spans.
    const store = await openStore({
      path,
      now: () => T0 + (KILLS + 1) * 3_600_000,
      upkeepMs: 0,
      retention: { seconds: 1e12 },
    });
    await store.upkeep();
    const [sums] = await store.reader.read((ask) =>
      ask(`SELECT (SELECT sum(count) FROM windows_1m) AS minutes, (SELECT sum(count) FROM windows_1h) AS hours,
      (SELECT sum(operations) FROM spans_1h) AS spans`),
    );
    const all = [...ledger.values()].reduce((sum, one) => sum + one, 0);
    expect(Number(sums?.['hours'])).toBeGreaterThanOrEqual(all);
    expect([sums?.['minutes'], sums?.['spans']]).toEqual([sums?.['hours'], sums?.['hours']]);
    const gaps = await store.reader.read((ask) =>
      ask(`SELECT count(*) AS gaps FROM gaps WHERE cause = 'unclosed'`),
    );
    expect(gaps[0]?.['gaps']).toBe(KILLS);
    await store.close();
    if (process.env['MAPAUDIT_KILLS'] !== undefined)
      console.log(
        `${KILLS} kills: ${ledger.size} windows with ${all} operations were said to be kept, and are there; ${Number(sums?.['hours']) - all} operations more were written when the writer could not tell any more`,
      );
  },
  120_000 + KILLS * 60_000,
);
