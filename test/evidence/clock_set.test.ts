import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { IncidentReport } from '../../src/protocol/report.ts';
import { busyTarget, inFolder } from '../agent/support.ts';
import { settableClock } from '../support/settable_clock.ts';
import { backgroundWith, linesOf, mapaudit } from './recorded.ts';

it('a recording keeps where the clock was set; replay and report show it', async () => {
  await inFolder(async (folder) => {
    const clock = settableClock(folder);
    const file = join(folder, 'a.mapaudit');
    const target = busyTarget();
    try {
      const record = backgroundWith(clock.env, 'record', '-p', String(target.pid), '-o', file, '--json');
      await record.attached();
      await sleep(1500);
      clock.set(-3_600_000);
      while (!record.said().includes('clock was set back')) await sleep(50);
      record.child.kill('SIGINT');
      await once(record.child, 'exit');
    } finally {
      target.kill('SIGKILL');
    }
    const trace = mapaudit('replay', file, 'trace', '--json');
    expect(trace.err).toContain('"code":"clock-set"');
    const told = mapaudit('report', file, '--json');
    expect(told.code).toBe(0);
    const report = linesOf(told.out)[0] as unknown as IncidentReport;
    const text = expect.stringContaining("the machine's clock was set back by") as string;
    expect(report.marks.filter(({ kind }) => kind === 'clock')).toEqual([
      { kind: 'clock', at: expect.any(Number) as number, text },
    ]);
    expect(report.story.at(-1)?.text).toContain('cannot be compared');
    // Nothing of the file is missing for it.
    expect(report.troubles.filter((trouble) => trouble.includes('clock'))).toEqual([]);
  });
});
