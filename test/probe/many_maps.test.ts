import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import { inFolder } from '../agent/support.ts';
import { background, linesOf, mapaudit, waiting } from '../evidence/recorded.ts';
import { buildGo } from '../support/go_build.ts';
import { buildHooked } from '../support/mapaudit_go.ts';

it.each([
  ['kernel', buildGo],
  ['inline', buildGo],
  ['build', buildHooked],
] as const)(
  '%s: of more maps than there are counters, type and line are still known',
  async (probe, build) => {
    await inFolder(async (folder) => {
      const file = join(folder, 'a.mapaudit');
      const target = await waiting(build('manymaps'), join(folder, 'none'));
      try {
        const recorder = background(
          'record',
          '-p',
          target.pid,
          '-o',
          file,
          '--probe',
          probe,
          '--sample',
          '1/1000',
          '--op',
          'assign,delete',
          '--json',
        );
        await recorder.attached();
        await target.work();
        target.end();
        expect(await recorder.ended()).toBe(0);
        const sums: Record<string, number> = {};
        for (const line of linesOf(mapaudit('replay', file, 'top', '--once', '--json').out))
          for (const { op, map_type: type = '', caller = '', count } of (line as Partial<Snapshot>)
            .counters ?? []) {
            const name = `${op} ${type} ${caller}`;
            sums[name] = (sums[name] ?? 0) + count;
          }
        expect(sums).toEqual({
          'assign map[int]int main.fill': 20_000,
          'delete map[string]bool main.storm': 50_000,
        });
      } finally {
        target.program.kill('SIGKILL');
      }
    });
  },
);
