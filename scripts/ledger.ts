// npm run ledger -- --events 1e7 [--go 1.26.8] [--build default] [--rate 20000] [--effects auto]
import { parseArgs } from 'node:util';
import { BUILDS, type Build, buildGo } from '../test/support/go_build.ts';
import { report, runLedger } from '../test/ledger/run.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1e6' },
    go: { type: 'string', default: '1.26.8' },
    build: { type: 'string', default: 'default' },
    rate: { type: 'string', default: '20000' },
    effects: { type: 'string', default: 'auto' },
    seed: { type: 'string', default: '1' },
  },
});

const isBuild = (name: string): name is Build => name in BUILDS;
if (!isBuild(values.build)) throw new Error(`--build is one of ${Object.keys(BUILDS).join(', ')}`);

const result = await runLedger({
  program: buildGo('ledger', values.go, values.build),
  events: Number(values.events),
  rate: Number(values.rate),
  seed: Number(values.seed),
  traceArgs: ['--effects', values.effects, '--ring', '64M'],
  programArgs: values.build === 'race' || values.build === 'N' ? ['-idiom=false'] : [],
});
process.stdout.write(`${report(result)}\n`);
process.exitCode = result.missing + result.extra + result.wrong > 0 ? 1 : 0;
