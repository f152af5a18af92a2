import { describe, expect, it } from 'vitest';
import { type Build, buildGo } from '../support/go_build.ts';
import { FRAMES } from './fields.ts';
import { problemsOf } from './problems.ts';
import { type LedgerRun, report, runLedger } from './run.ts';

const FEW = 10_000;
const READS = { ops: ['delete', 'assign', 'clear', 'grow', 'access', 'iterate'], programArgs: ['-reads'] };
const STACKS = { programArgs: ['-stacks'], traceArgs: [`--stack=${FRAMES}`] };
/** MAPAUDIT_INLINE_ALL=1: every release and every kind of build; a quarter of an hour. */
const ALL = process.env['MAPAUDIT_INLINE_ALL'] === '1';
const RELEASES = ['1.18.10', '1.19.13', '1.20.14', '1.21.13', '1.22.12', '1.23.12', '1.24.13', '1.25.8', '1.26.8', '1.27.4']; // prettier-ignore
/** One of each way to patch: beginnings, tables, and names differ between them. */
const SOME = ['1.18.10', '1.21.13', '1.24.13', '1.27.4'];
const BUILDS = ['stripped', 'pie', 'cgo', 'race', 'N'] as const satisfies readonly Build[];

async function expectExact(run: Omit<LedgerRun, 'events' | 'rate' | 'probe'>): Promise<void> {
  const result = await runLedger({ ...run, events: FEW, rate: 8000, probe: 'inline' });
  expect(problemsOf(result), report(result)).toEqual([]);
  expect(result.events).toBeGreaterThanOrEqual(FEW);
  expect(result.cutKeys).toBeGreaterThan(0);
}

/** A build that makes N deletes of what others compile into one clear is told so. */
const built = (version: string, build: Build) => ({
  program: buildGo('ledger', version, build),
  inlines: build !== 'N',
  programArgs: build === 'race' || build === 'N' ? ['-idiom=false'] : [],
});

describe('with the inline probe, the trace agrees with the ledger', () => {
  for (const version of ALL ? RELEASES : SOME) {
    it(`in writes and growth, with Go ${version}`, { timeout: 240_000 }, async () => {
      await expectExact({ program: buildGo('ledger', version), ...STACKS });
    });

    it(`in reads and iterations, with Go ${version}`, { timeout: 240_000 }, async () => {
      await expectExact({ program: buildGo('ledger', version), ...READS });
    });
  }

  for (const version of ALL ? RELEASES : ['1.26.8'])
    for (const build of ALL ? BUILDS : (['pie', 'cgo', 'N'] as const))
      it(`with Go ${version}, ${build}`, { timeout: 400_000 }, async () => {
        await expectExact(built(version, build));
      });

  it('with the old maps of Go 1.24', { timeout: 240_000 }, async () => {
    await expectExact({ program: buildGo('ledger', '1.24.13', 'default', 'noswissmap') });
  });
});
