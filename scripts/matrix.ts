// npm run matrix: the ledger test over all releases and builds; writes docs/support.md.
import { writeFileSync } from 'node:fs';
import { BUILDS, type Build, buildGo, GO_VERSIONS } from '../test/support/go_build.ts';
import { runLedger } from '../test/ledger/run.ts';

const EVENTS = 15_000;
const builds = Object.keys(BUILDS) as Build[];

/** One row of the table. */
async function row(version: string, build: Build): Promise<string> {
  const programArgs = build === 'race' || build === 'N' ? ['-idiom=false'] : [];
  try {
    const program = buildGo('ledger', version, build);
    const r = await runLedger({ program, events: EVENTS, rate: 8000, programArgs });
    const known = (100 * (1 - r.unknownFound / r.events)).toFixed(2);
    const exact = r.missing + r.extra + r.wrong === 0 ? 'exact' : '**differs**';
    const cells = [
      version,
      build,
      r.attached?.flavour,
      r.attached?.probes,
      r.events,
      r.missing,
      r.extra,
      r.wrong,
      `${known} %`,
      exact,
    ];
    return `| ${cells.join(' | ')} |`;
  } catch (error) {
    return `| ${version} | ${build} | | | | | | | | **failed**: ${String(error).split('\n')[0] ?? ''} |`;
  }
}

const lines = [
  '# Supported Go releases and builds',
  '',
  'Made by `npm run matrix`: a program does random operations on maps of all kinds and writes down what it did;',
  'mapaudit traces it meanwhile; the two accounts are compared field by field (operation, map, type, key,',
  'length, found, goroutine, caller, line). "found known": operations of which it was learnt whether their key was there.',
  '',
  '| Go | build | maps | probes | events | missing | extra | wrong | found known | |',
  '|---|---|---|---|---|---|---|---|---|---|',
];
for (const version of GO_VERSIONS)
  for (const build of builds) {
    lines.push(await row(version, build));
    process.stdout.write(`${lines.at(-1) ?? ''}\n`);
  }
writeFileSync(new URL('../docs/support.md', import.meta.url), `${lines.join('\n')}\n`);
