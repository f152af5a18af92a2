import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeX86 } from '../../src/binary/x86/instruction.ts';
import { openGoBinary } from '../../src/go/go_binary.ts';
import { bufferSource } from '../../src/model/byte_source.ts';
import { type Build, buildGo, GO_VERSIONS } from '../support/go_build.ts';
import { type LedgerRun, report, runLedger } from './run.ts';

/** Events of the long run, and of each of the short ones. MAPAUDIT_LEDGER_EVENTS sets another number. */
const MANY = Number(process.env['MAPAUDIT_LEDGER_EVENTS'] ?? 1_000_000);
const FEW = 15_000;
/** As fast as two cores can take it without losing an event. */
const RATE = 20_000;

/** These builds make N deletes of what others compile into one clear. */
const withoutIdiom = (build: Build): readonly string[] =>
  build === 'race' || build === 'N' ? ['-idiom=false'] : [];

async function expectExact(run: LedgerRun, allowUnknown = 0): Promise<void> {
  const result = await runLedger(run);
  const { missing, extra, wrong, unknownFound, unknownLen, events } = result;
  expect({ missing, extra, wrong, lost: result.summary?.lost }, report(result)).toEqual({
    missing: 0,
    extra: 0,
    wrong: 0,
    lost: 0,
  });
  expect(events).toBeGreaterThanOrEqual(run.events);
  expect(unknownLen, 'events without len').toBeLessThanOrEqual(0.001 * events);
  expect(unknownFound, 'events without found').toBeLessThanOrEqual(allowUnknown * events);
}

describe('the trace agrees with the ledger', () => {
  it(`in ${MANY.toLocaleString('en-US')} events, profiled meanwhile`, { timeout: 900_000 }, async () => {
    const program = buildGo('ledger');
    const traceArgs = ['--ring', '64M'];
    await expectExact({ program, events: MANY, rate: RATE, programArgs: ['-profile'], traceArgs }, 0.001);
  });

  it('also in reads and iterations', { timeout: 120_000 }, async () => {
    for (const version of ['1.21.13', '1.26.8', '1.27.4']) {
      const ops = ['delete', 'assign', 'clear', 'access', 'iterate'];
      await expectExact(
        { program: buildGo('ledger', version), events: FEW, rate: 8000, ops, programArgs: ['-reads'] },
        0.001,
      );
    }
  });

  for (const version of GO_VERSIONS) {
    it(`with Go ${version}, default and stripped`, { timeout: 240_000 }, async () => {
      for (const build of ['default', 'stripped'] as const)
        await expectExact({ program: buildGo('ledger', version, build), events: FEW, rate: 10_000 }, 0.001);
    });
  }

  for (const version of ['1.18.10', '1.21.13', '1.24.13', '1.27.4'] as const) {
    it(`with Go ${version} as PIE, with cgo, -race, and -N -l`, { timeout: 400_000 }, async () => {
      for (const build of ['pie', 'cgo', 'race', 'N'] as const) {
        const program = buildGo('ledger', version, build);
        await expectExact({ program, events: FEW, rate: 8000, programArgs: withoutIdiom(build) }, 0.001);
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
        await expectExact({ program, events: FEW, rate: 8000 }, 0.001);
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
  const mutants = [
    'probe-address',
    'goid-offset',
    'key-register',
    'map-register',
    'exit-register',
    'type-register',
  ];
  for (const mutant of mutants) {
    it(`a wrong ${mutant.replace('-', ' ')}`, { timeout: 60_000 }, async () => {
      const env = {
        NODE_OPTIONS: `--import ${new URL('./mutate.mjs', import.meta.url).href}`,
        MUTANT: mutant,
      };
      const run = { program: buildGo('ledger'), events: 30_000, rate: 15_000, env };
      const { missing, extra, wrong, unknownFound, events } = await runLedger(run);
      expect(missing + extra + wrong + (unknownFound > events / 100 ? 1 : 0)).toBeGreaterThan(0);
    });
  }
});
