import { describe, expect, it } from 'vitest';
import { buildHooked } from '../support/mapaudit_go.ts';
import { FRAMES } from './fields.ts';
import { problemsOf } from './problems.ts';
import { type LedgerRun, report, runLedger } from './run.ts';

const FEW = 15_000;
const READS = { ops: ['delete', 'assign', 'clear', 'grow', 'access', 'iterate'], programArgs: ['-reads'] };
const STACKS = { programArgs: ['-stacks'], traceArgs: [`--stack=${FRAMES}`] };

async function expectExact(run: Omit<LedgerRun, 'events' | 'rate' | 'probe'>): Promise<void> {
  const result = await runLedger({ ...run, events: FEW, rate: 8000, probe: 'build' });
  expect(problemsOf(result), report(result)).toEqual([]);
  expect(result.events).toBeGreaterThanOrEqual(FEW);
}

describe('with the build hook, the trace agrees with the ledger', () => {
  for (const version of ['1.18.10', '1.21.13', '1.23.12', '1.24.13', '1.26.8', '1.27.4']) {
    it(`in writes and growth, with Go ${version}`, { timeout: 240_000 }, async () => {
      await expectExact({ program: buildHooked('ledger', version) });
    });

    it(`in reads, iterations and stacks, with Go ${version}`, { timeout: 240_000 }, async () => {
      const program = buildHooked('ledger', version);
      await expectExact({ program, ...READS });
      await expectExact({ program, ...STACKS });
    });
  }

  it('as PIE, with cgo, -race, and the old maps of 1.24', { timeout: 600_000 }, async () => {
    await expectExact({ program: buildHooked('ledger', '1.26.8', ['-buildmode=pie']) });
    const cgo = ['-ldflags=-linkmode=external', '-tags=withcgo'];
    await expectExact({ program: buildHooked('ledger', '1.26.8', cgo) });
    const race = { program: buildHooked('ledger', '1.26.8', ['-race']), programArgs: ['-idiom=false'] };
    await expectExact(race);
    const old = { GOEXPERIMENT: 'noswissmap' };
    await expectExact({ program: buildHooked('ledger', '1.24.13', [], old) });
  });
});
