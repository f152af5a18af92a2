/**
 * The right programs of test/programs/races, watched for long:
 * npm run races -- --minutes 10 [--at-once 3] [--probe kernel|inline|build] [NAME …]
 * Exit code 1 when anything is told of one of them.
 */
import { execFileSync } from 'node:child_process';
import { inTurns, raced, summaryOf } from '../test/race/raced.ts';
import { probed, valueOf } from '../test/race/probed.ts';

const args = process.argv.slice(2);
const minutes = Number(valueOf(args, '--minutes') ?? 10);
const { probe, program } = probed(valueOf(args, '--probe'));
const only = args.filter((arg, i) => !arg.startsWith('--') && args[i - 1]?.startsWith('--') !== true);
/** At a time: they share the machine. */
const sideBySide = Number(valueOf(args, '--at-once') ?? 3);

const right = execFileSync(program, ['list'], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((line) => !line.endsWith(' racy') && (only.length === 0 || only.includes(line)));

await inTurns(right, sideBySide, async (name) => {
  const flags = ['--budget', '20%', '--duration', `${minutes * 60}s`, '--probe', probe];
  const run = await raced(program, name, flags, ['-busy']);
  const told = run.lines.filter(({ type }) => type === 'race' || type === 'writing');
  const { operations = 0, watches = 0 } = summaryOf(run).race ?? {};
  const outcome = told.length === 0 ? 'silent' : 'NOT SILENT';
  process.stdout.write(`${name}: ${outcome}, ${operations} operations, ${watches} watches\n`);
  for (const line of told) process.stdout.write(`  ${JSON.stringify(line)}\n`);
  if (told.length > 0) process.exitCode = 1;
});
