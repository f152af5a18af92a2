// npm run ledger -- --events 1e7 [--go 1.26.8] [--build default] [--rate 20000] [--effects auto] [--probe kernel|inline|build] [--seed 1] [--stacks]
import { parseArgs } from 'node:util';
import { BUILDS, type Build, buildGo } from '../test/support/go_build.ts';
import { buildHooked } from '../test/support/mapaudit_go.ts';
import { problemsOf } from '../test/ledger/problems.ts';
import { report, runLedger } from '../test/ledger/run.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1e6' },
    go: { type: 'string', default: '1.26.8' },
    build: { type: 'string', default: 'default' },
    rate: { type: 'string', default: '20000' },
    effects: { type: 'string', default: 'auto' },
    seed: { type: 'string', default: '1' },
    probe: { type: 'string', default: 'kernel' },
    stacks: { type: 'boolean', default: false },
  },
});

const isBuild = (name: string): name is Build => name in BUILDS;
if (!isBuild(values.build)) throw new Error(`--build is one of ${Object.keys(BUILDS).join(', ')}`);

const { probe } = values;
if (probe !== 'kernel' && probe !== 'inline' && probe !== 'build')
  throw new Error('--probe is kernel, inline or build');

const result = await runLedger({
  program:
    probe === 'build'
      ? buildHooked('ledger', values.go, BUILDS[values.build])
      : buildGo('ledger', values.go, values.build),
  probe,
  events: Number(values.events),
  rate: Number(values.rate),
  seed: Number(values.seed),
  traceArgs: [...(values.stacks ? ['--stack=12'] : []), '--effects', values.effects],
  inlines: values.build !== 'N',
  programArgs: [
    ...(values.stacks ? ['-stacks'] : []),
    ...(values.build === 'race' || values.build === 'N' ? ['-idiom=false'] : []),
  ],
});
process.stdout.write(`${report(result)}\n`);
const problems = problemsOf(result);
if (problems.length > 0) process.stdout.write(`not as it should be: ${problems.join(', ')}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
