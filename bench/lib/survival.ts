import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './hot.ts';
import { Report } from './report.ts';

/** Runs of one racy program, in turn untouched, with probes that hold nobody, and watched. */
export interface Survival {
  readonly probe: string;
  readonly program: string;
  readonly writers: string;
  readonly rounds: number;
  /** How many have died within two seconds. */
  readonly died: Readonly<Record<'untouched' | 'probed' | 'watched', number>>;
  /** Of those watched, in which the race was told, and of these which died soon after. */
  readonly found: number;
  readonly soon: number;
}

const FILE = join(ROOT, 'bench/results/survival.md');
const HEAD = ['probe', 'program', 'writers', 'runs', 'untouched', 'probes that hold nobody', 'watched', 'race told', 'died soon after', 'date', 'processor'] as const; // prettier-ignore

/** Puts results into bench/results/survival.md, in place of those of the same programs and probes. */
export function writeSurvival(results: readonly Survival[]): void {
  const rows = new Map(rowsIn(FILE).map((row) => [keyOf(row), row]));
  for (const result of results) {
    const row = rowOf(result);
    rows.set(keyOf(row), row);
  }
  const report = new Report();
  report.section(
    'Racy programs under `mapaudit race`',
    'How many of so many runs, taken in turn, have died within two seconds by the runtime\'s own check ("concurrent map writes"); a watch must not hasten that. "Soon" is within 100 ms of a race that was told.',
  );
  report.table(HEAD, [...rows.values()]);
  report.write(
    FILE,
    '# Results of `node --import tsx bench/races.ts survival`\n\nWritten with `--write`, each row by the run of its probe; do not edit.\n',
  );
}

const rowOf = ({ probe, program, writers, rounds, died, found, soon }: Survival): string[] => [
  probe,
  program,
  writers,
  ...[rounds, died.untouched, died.probed, died.watched, found, soon].map(String),
  new Date().toISOString().slice(0, 10),
  (cpus()[0]?.model ?? '').replace(/\(R\)| Processor/g, ''),
];

const keyOf = ([probe = '', program = '', writers = '']: readonly string[]): string =>
  [probe, program, writers].join(' ');

function rowsIn(path: string): string[][] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  const table = lines.filter((line) => line.startsWith('| ')).slice(1);
  return table.map((line) => line.slice(1, -1).split('|').map((cell) => cell.trim())); // prettier-ignore
}
