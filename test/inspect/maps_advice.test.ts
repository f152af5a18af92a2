import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { mapsLines } from '../../src/agent/maps.ts';
import type { ListedMap } from '../../src/protocol/maps.ts';
import { buildGo } from '../support/go_build.ts';

/** What a list of maps says of those of a program that uses some of them badly, each beside a twin. */
it('gives advice from use where it observes', { timeout: 120_000 }, async () => {
  const child = spawn(buildGo('advice', '1.26.8'), { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    for await (const line of createInterface({ input: child.stdout })) if (line.includes('ready')) break;
    child.stdin.write('go\n');
    const rows: ListedMap[] = [];
    const question = {
      selection: { type: 'pid', pid: child.pid ?? 0 },
      sort: 'bytes',
      minLen: 0,
      limit: Infinity,
      families: false,
      held: false,
      patienceMs: 60_000,
      observeMs: 14_000,
    } as const;
    for await (const batch of mapsLines(question, new AbortController().signal))
      rows.push(...batch.filter((line) => line.type === 'found_map'));
    const codes = new Map(rows.map((row) => [row.name, row.advice.map(({ code }) => code)]));
    expect(codes.get('main.churnBad')).toEqual(['churn']);
    expect(codes.get('main.clearBad')).toContain('clear');
    expect(rows.some(({ advice }) => advice.some(({ code }) => code === 'presize'))).toBe(true);
    const good = [...codes].filter(([name]) => name?.endsWith('Good') === true);
    expect(good.length).toBeGreaterThan(3);
    expect(good.filter(([, advice]) => advice.length > 0)).toEqual([]);
  } finally {
    child.kill('SIGKILL');
  }
});
