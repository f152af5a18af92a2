import { describe, expect, it } from 'vitest';
import { GO_VERSIONS } from '../support/go_build.ts';
import { buildHooked, fewOrAll } from '../support/mapaudit_go.ts';
import { FRAMES } from './fields.ts';
import { buildMutants, HOOK_MUTANTS } from './hook_mutants.ts';
import { eventsFor, problemsOf } from './problems.ts';
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
  for (const version of fewOrAll(['1.18.10', '1.26.8'], GO_VERSIONS)) {
    it(`in writes and growth, with Go ${version}`, { timeout: 240_000 }, async () => {
      await expectExact({ program: buildHooked('ledger', version) });
    });

    it(`in reads, iterations and stacks, with Go ${version}`, { timeout: 240_000 }, async () => {
      const program = buildHooked('ledger', version);
      await expectExact({ program, ...READS });
      await expectExact({ program, ...STACKS });
    });
  }

  const race: Way = { flags: ['-race'], programArgs: ['-idiom=false'] };
  const ways: readonly Way[] = [
    race,
    { flags: [], version: '1.24.13', env: { GOEXPERIMENT: 'noswissmap' } },
    { flags: ['-buildmode=pie'] },
    { flags: ['-ldflags=-linkmode=external', '-tags=withcgo'] },
  ];
  for (const { flags, version = '1.26.8', env = {}, programArgs = [] } of fewOrAll([race], ways))
    it(`built with ${flags.join(' ')} ${JSON.stringify(env)}`, { timeout: 240_000 }, async () => {
      await expectExact({ program: buildHooked('ledger', version, flags, env), programArgs });
    });
});

describe('the comparison notices, of the build hook', () => {
  for (const [i, { name, noticedBy }] of HOOK_MUTANTS.entries())
    it(`a wrong ${name}, by ${noticedBy}`, { timeout: 240_000 }, async () => {
      const programEnv = { MAPAUDIT_MUTANT: String(i + 1) };
      const program = buildMutants();
      const result = await runLedger({
        program,
        events: eventsFor({ noticedBy }),
        rate: 8000,
        probe: 'build',
        ...STACKS,
        programEnv,
      });
      expect(problemsOf(result), report(result)).toContain(noticedBy);
    });
});

interface Way {
  readonly flags: readonly string[];
  readonly version?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly programArgs?: readonly string[];
}
