import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { TraceEvent } from '../../src/protocol/event.ts';
import type { Summary } from '../../src/protocol/summary.ts';
import { inFolder } from '../agent/support.ts';
import { background, linesOf, mapaudit, waiting } from '../evidence/recorded.ts';
import { buildGo } from '../support/go_build.ts';
import { buildHooked } from '../support/mapaudit_go.ts';

it.each([
  ['inline', '1.23.12', buildGo],
  ['inline', '1.26.8', buildGo],
  ['build', '1.23.12', buildHooked],
  ['build', '1.26.8', buildHooked],
] as const)('%s, Go %s: sampling leaves out no growth', async (probe, version, build) => {
  await inFolder(async (folder) => {
    const [ledger, file] = [join(folder, 'l.tsv'), join(folder, 'a.mapaudit')];
    const target = await waiting(build('ledger', version), ledger, '-ops', '20000');
    try {
      const how = ['--probe', probe, '--sample', '1/1000', '--op', 'assign,grow', '--json'];
      const recorder = background('record', '-p', target.pid, '-o', file, ...how);
      await recorder.attached();
      await target.work();
      target.end();
      expect(await recorder.ended()).toBe(0);
      const lines = linesOf(mapaudit('replay', file, 'trace', '--json').out);
      const summary = lines.at(-1) as unknown as Summary;
      const events = lines as unknown as readonly TraceEvent[];
      const grown = events.filter(({ op }) => op === 'grow').length;
      expect(grown).toBeGreaterThan(10);
      expect(summary.by_op.grow?.events).toBe(grown);
      expect(summary.sampled).toBeGreaterThan(10 * grown);
      // Beside jumps there is no other probe.
      if (probe === 'inline')
        expect(mapaudit('replay', file, 'grow').err).toContain('growth was not recorded');
    } finally {
      target.program.kill('SIGKILL');
    }
  });
});
