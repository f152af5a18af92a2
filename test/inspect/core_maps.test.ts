import { spawn } from 'node:child_process';
import { statSync, truncateSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { mapsLines } from '../../src/agent/maps.ts';
import type { MapsLine, MapsOptions } from '../../src/protocol/maps.ts';
import { type Build, buildGo } from '../support/go_build.ts';
import { coreFolder } from './cores.ts';

const QUESTION = {
  sort: 'bytes',
  minLen: 0,
  limit: Infinity,
  families: false,
  held: true,
  patienceMs: 60_000,
} as const;

async function list(selection: MapsOptions['selection']): Promise<readonly MapsLine[]> {
  const lines: MapsLine[] = [];
  for await (const batch of mapsLines({ ...QUESTION, selection }, new AbortController().signal))
    lines.push(...batch);
  return lines;
}

/** A writer works on them all the time. */
const CHURNED = /^(?:main\.cache\.sessions|short)$/;

/** What is told of each map, by its address: in their order, and with what they are called. */
const told = (lines: readonly MapsLine[]): readonly unknown[] =>
  lines
    .flatMap((line) => {
      if (line.type !== 'found_map' || line.name === undefined || CHURNED.test(line.name)) return [];
      const { id: _, state: __, local: ___, ...rest } = line;
      return [rest];
    })
    .sort((a, b) => Number(a.address) - Number(b.address));

describe('maps of a core', { timeout: 300_000 }, () => {
  it.each<[string, Build]>([
    ['1.21.13', 'default'],
    ['1.26.8', 'pie'],
    ['1.26.8', 'stripped'],
    ['1.27.4', 'default'],
  ])('are those of the process: go%s %s', async (go, build) => {
    const folder = coreFolder();
    const exe = buildGo('lists', go, build);
    const child = spawn(exe, { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      const ledger = new Map<string, number>();
      for await (const line of createInterface({ input: child.stdout })) {
        const [name = '', length] = line.split('\t');
        if (name === 'ready') break;
        ledger.set(name, Number(length));
      }
      const pid = child.pid ?? 0;
      const live = await list({ type: 'pid', pid });
      const file = folder.gcore(pid);
      const lines = await list({ type: 'core', core: file, exe });
      expect(told(lines)).toEqual(told(live));
      expect(told(lines).length).toBeGreaterThan(5);
      expect(lines.at(-1)).toMatchObject({ type: 'maps', core: { file, exe } });
      expect(lines.at(-1)).not.toHaveProperty('age_ms');
      const lens = new Map(
        lines.flatMap((line) => (line.type === 'found_map' ? [[line.name, line.len] as const] : [])),
      );
      if (build !== 'stripped')
        for (const name of ['main.plain', 'main.wide', 'main.shards[1].items', 'main.nested["b"]', 'local'])
          expect([name, lens.get(name)]).toEqual([name, ledger.get(name)]);
      if (build !== 'stripped') expect(lens.get('main.concurrent')).toBe(300);
      // A PIE is placed by tables that gcore writes last; what is missing of the others nobody needs.
      if (build === 'pie') return;
      truncateSync(file, statSync(file).size - 6000);
      expect((await list({ type: 'core', core: file, exe }))[0]).toMatchObject({
        type: 'notice',
        code: 'core-cut-off',
      });
    } finally {
      child.kill('SIGKILL');
      folder.remove();
    }
  });
});
