import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreLine } from '../store.ts';
import { ROOT } from './hot.ts';
import { median, quantile, short } from './numbers.ts';
import type { Report } from './report.ts';

const BUSY = 'other programs shared the processors: see the load.';

/** What the store takes and how fast it answers. */
export function reportStore(report: Report, events: number, minutes: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-bench-'));
  try {
    const text = execFileSync(
      process.execPath,
      [
        '--import',
        'tsx',
        join(ROOT, 'bench', 'store.ts'),
        String(events),
        join(folder, 's.duckdb'),
        String(minutes),
      ],
      { encoding: 'utf8' },
    );
    const lines = text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as StoreLine);
    reportRun(report, lines, events);
    reportQueries(report, lines);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function reportRun(report: Report, lines: readonly StoreLine[], wanted: number): void {
  const looks = lines.filter((line) => line.type === 'look');
  const end = lines.find((line) => line.type === 'end');
  const [last, quarter] = [looks.at(-1), looks[Math.floor(looks.length / 4)]];
  if (end === undefined || last === undefined || quarter === undefined) return;
  const stopped =
    end.windows < 86_400
      ? ` Stopped by time: ${wanted.toLocaleString('en')} in a whole day were wanted.`
      : '';
  report.section(
    'From ring to store',
    `${end.events.toLocaleString('en')} synthetic events in ${end.windows.toLocaleString('en')} windows of a second: ` +
      `records as the rings have them, decoded, maps numbered, counted, closed as windows (${end.counters.toLocaleString('en')} counters) and written, ` +
      `with ${end.sampled.toLocaleString('en')} of the events, roll-ups and retention on the way, 60 windows in a transaction. ` +
      `Sums of the store ${end.exact ? 'equal what was made' : '**differ from what was made**'}. CPU is that of the process with all its threads.${stopped}`,
  );
  report.table(
    ['events', 'wall s', 'CPU s', 'events/s', 'events/CPU s', 'RSS MB', 'file MB', 'load'],
    looks.map(({ events, wallMs, cpuMs, rssMb, fileMb, load }) => [
      events.toLocaleString('en'),
      (wallMs / 1000).toFixed(0),
      (cpuMs / 1000).toFixed(0),
      ((1000 * events) / wallMs).toFixed(0),
      ((1000 * events) / cpuMs).toFixed(0),
      ...[rssMb, fileMb, load].map(short),
    ]),
  );
  const most = Math.max(...looks.slice(Math.floor(looks.length / 4)).map(({ rssMb }) => rssMb));
  report.goal({ name: 'sums that differ', measured: end.exact ? 0 : 1, most: 0, unit: '' });
  report.goal({
    name: 'an event, wall',
    measured: (last.wallMs * 1e6) / last.events,
    most: 1000,
    unit: ' ns',
    why: BUSY,
  });
  report.goal({
    name: 'an event, CPU of all threads',
    measured: (last.cpuMs * 1e6) / last.events,
    most: 1000,
    unit: ' ns',
  });
  report.goal({
    name: 'most memory after a quarter / at it',
    measured: most / quarter.rssMb,
    most: 1.2,
    unit: '',
  });
}

const GOALS: Readonly<Record<string, number>> = {
  'overview of the day': 200,
  'every window that is kept, by SQL': 2000,
};

function reportQueries(report: Report, lines: readonly StoreLine[]): void {
  report.section('Questions to that store', 'Milliseconds; each was asked some times.');
  const queries = lines.filter((line) => line.type === 'query');
  report.table(
    ['question', 'first', 'least', 'median', 'most'],
    queries.map(({ name, ms }) => [
      name,
      ...[ms[0] ?? NaN, Math.min(...ms), median(ms), quantile(ms, 1)].map(short),
    ]),
  );
  for (const { name, ms } of queries) {
    const most = GOALS[name];
    if (most !== undefined)
      report.goal({ name: `${name}, median`, measured: median(ms), most, unit: ' ms', why: BUSY });
  }
}
