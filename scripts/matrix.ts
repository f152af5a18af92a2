// npm run matrix: the ledger test over all releases and builds; writes docs/support.md.
// npm run matrix -- --go 1.21.13 --build race: only these rows anew.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BUILDS, type Build, buildGo, GO_VERSIONS } from '../test/support/go_build.ts';
import { runLedger } from '../test/ledger/run.ts';

const EVENTS = 15_000;
const builds = Object.keys(BUILDS) as Build[];

/** One row of the table. */
async function row(version: string, build: Build): Promise<string> {
  const programArgs = build === 'race' || build === 'N' ? ['-idiom=false'] : [];
  try {
    const program = buildGo('ledger', version, build);
    const r = await runLedger({ program, events: EVENTS, rate: 8000, programArgs, inlines: build !== 'N' });
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

const HEADER = [
  '# Supported Go releases and builds',
  '',
  'Made by `npm run matrix`: a program does random operations on maps of all kinds and writes down what it did;',
  'mapaudit traces it meanwhile; the two accounts are compared field by field (operation, map, type, key,',
  'length, found, goroutine, caller, line). "found known": operations of which it was learnt whether their key was there.',
  '',
  '| Go | build | maps | probes | events | missing | extra | wrong | found known | |',
  '|---|---|---|---|---|---|---|---|---|---|',
];

const PAGE = new URL('../docs/support.md', import.meta.url);
const { values } = parseArgs({ options: { go: { type: 'string' }, build: { type: 'string' } } });

/** The row that stands on the page now. */
function known(version: string, build: Build): string | undefined {
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
  return page.split('\n').find((line) => line.startsWith(`| ${version} | ${build} |`));
}

/** Before 1.24 a map function does its work itself: a profile changes nothing in it. */
function hasWorkToInline(version: string): boolean {
  return Number(version.split('.')[1]) >= 24;
}

const lines = [...HEADER];
for (const version of GO_VERSIONS)
  for (const build of builds.filter((b) => b !== 'pgo' || hasWorkToInline(version))) {
    const wanted = (values.go ?? version) === version && (values.build ?? build) === build;
    const line = (wanted ? undefined : known(version, build)) ?? (await row(version, build));
    lines.push(line);
    if (wanted) process.stdout.write(`${line}\n`);
  }
writeFileSync(PAGE, `${lines.join('\n')}\n`);
