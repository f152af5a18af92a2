import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeX86 } from '../../src/binary/x86/instruction.ts';
import { openGoBinary } from '../../src/go/go_binary.ts';
import { bufferSource } from '../../src/model/byte_source.ts';
import { type Build, buildGo, GO_VERSIONS } from '../support/go_build.ts';
import { FRAMES } from './fields.ts';
import { asMutant, MUTANTS } from './mutants.ts';
import { eventsFor, problemsOf } from './problems.ts';
import { type LedgerRun, report, runLedger } from './run.ts';

/** Events of the long run, and of each of the short ones. MAPAUDIT_LEDGER_EVENTS sets another number. */
const MANY = Number(process.env['MAPAUDIT_LEDGER_EVENTS'] ?? 1_000_000);
const FEW = 15_000;
/** As fast as two cores can take it without losing an event. */
const RATE = 20_000;
const STACKS = { programArgs: ['-stacks'], traceArgs: [`--stack=${FRAMES}`] };

/** These builds make N deletes of what others compile into one clear. */
const withoutIdiom = (build: Build): readonly string[] =>
  build === 'race' || build === 'N' ? ['-idiom=false'] : [];

async function expectExact(run: LedgerRun, clears = true): Promise<void> {
  const result = await runLedger(run);
  expect(problemsOf(result), report(result)).toEqual([]);
  expect(result.events).toBeGreaterThanOrEqual(run.events);
  // What must have happened for the above to mean something.
  expect(result.cutKeys).toBeGreaterThan(0);
  for (const op of run.ops ?? ['delete', 'assign', 'clear', 'grow'])
    if (clears || op !== 'clear') expect(result.byOp[op], op).toBeGreaterThan(0);
}

describe('the trace agrees with the ledger', () => {
  it(`in ${MANY.toLocaleString('en-US')} events, profiled meanwhile`, { timeout: 900_000 }, async () => {
    const program = buildGo('ledger');
    await expectExact({ program, events: MANY, rate: RATE, programArgs: ['-profile'] });
  });

  it('also in stacks', { timeout: 120_000 }, async () => {
    for (const version of ['1.18.10', '1.21.13', '1.26.8', '1.27.4'])
      await expectExact({ program: buildGo('ledger', version), events: FEW, rate: 8000, ...STACKS });
  });

  it('also in reads and iterations', { timeout: 120_000 }, async () => {
    for (const version of ['1.21.13', '1.26.8', '1.27.4']) {
      const ops = ['delete', 'assign', 'clear', 'grow', 'access', 'iterate'];
      await expectExact({
        program: buildGo('ledger', version),
        events: FEW,
        rate: 8000,
        ops,
        programArgs: ['-reads'],
      });
    }
  });

  for (const version of GO_VERSIONS) {
    it(`with Go ${version}, default and stripped`, { timeout: 240_000 }, async () => {
      for (const build of ['default', 'stripped'] as const)
        await expectExact({ program: buildGo('ledger', version, build), events: FEW, rate: 10_000 });
    });
  }

  for (const version of ['1.18.10', '1.21.13', '1.24.13', '1.27.4'] as const) {
    it(`with Go ${version} as PIE, with cgo, -race, and -N -l`, { timeout: 400_000 }, async () => {
      for (const build of ['pie', 'cgo', 'race', 'N'] as const) {
        const program = buildGo('ledger', version, build);
        const inlines = build !== 'N';
        const programArgs = withoutIdiom(build);
        // Without the idiom, and before clear(), nothing is cleared.
        const clears = version !== '1.18.10' || programArgs.length === 0;
        const run = { program, events: FEW, rate: 8000, inlines, programArgs };
        await expectExact(run, clears);
      }
    });
  }
});

describe('a build with a profile', () => {
  for (const version of ['1.24.13', '1.26.8', '1.27.4'] as const)
    it(
      `of Go ${version}, where the work of deletes is inlined into the probed function`,
      { timeout: 240_000 },
      async () => {
        const program = buildGo('ledger', version, 'pgo');
        const work = 'internal/runtime/maps.(*Map).Delete';
        expect(callsOf(buildGo('ledger', version), 'runtime.mapdelete')).toContain(work);
        expect(callsOf(program, 'runtime.mapdelete')).not.toContain(work);
        await expectExact({ program, events: FEW, rate: 8000 });
      },
    );
});

/** The functions that a function calls directly. */
function callsOf(path: string, name: string): string[] {
  const binary = openGoBinary(bufferSource(readFileSync(path), path));
  const f = binary.functionNamed(name);
  const code = f === undefined ? [] : decodeX86(binary.readCode(f), f.start);
  return code.flatMap((i) =>
    i.flow === 'call' && i.target !== undefined ? (binary.functionAt(i.target)?.name ?? []) : [],
  );
}

describe('the comparison notices', () => {
  for (const mutant of MUTANTS) {
    it(`a wrong ${mutant.name}, by ${mutant.noticedBy}`, { timeout: 60_000 }, async () => {
      const run = { program: buildGo('ledger'), events: eventsFor(mutant), rate: 8000, ...STACKS };
      const result = await asMutant(mutant, (env) => runLedger({ ...run, env }));
      expect(problemsOf(result), report(result)).toContain(mutant.noticedBy);
    });
  }
});
