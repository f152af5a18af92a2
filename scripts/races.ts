/**
 * The right programs of test/programs/races, watched for long: npm run races -- --minutes 10 [--hooked] [NAME …]
 * --hooked: by the build hook in place of the kernel probe.
 * Exit code 1 when anything is told of one of them.
 */
import { execFileSync } from 'node:child_process';
import { inTurns, raced, summaryOf } from '../test/race/raced.ts';
import { buildGo } from '../test/support/go_build.ts';
import { buildHooked } from '../test/support/mapaudit_go.ts';

const args = process.argv.slice(2);
const at = args.indexOf('--minutes');
const minutes = at < 0 ? 10 : Number(args[at + 1]);
const only = args.filter((arg, i) => !arg.startsWith('--') && (at < 0 || i !== at + 1));
/** At a time: they share the machine. */
const SIDE_BY_SIDE = 3;

const program = args.includes('--hooked') ? buildHooked('races') : buildGo('races');
const right = execFileSync(program, ['list'], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((line) => !line.endsWith(' racy') && (only.length === 0 || only.includes(line)));

await inTurns(right, SIDE_BY_SIDE, async (name) => {
  const flags = ['--budget', '20%', '--duration', `${minutes * 60}s`];
  const run = await raced(program, name, flags, ['-busy']);
  const told = run.lines.filter(({ type }) => type === 'race' || type === 'writing');
  const { operations = 0, watches = 0 } = summaryOf(run).race ?? {};
  const outcome = told.length === 0 ? 'silent' : 'NOT SILENT';
  process.stdout.write(`${name}: ${outcome}, ${operations} operations, ${watches} watches\n`);
  for (const line of told) process.stdout.write(`  ${JSON.stringify(line)}\n`);
  if (told.length > 0) process.exitCode = 1;
});
