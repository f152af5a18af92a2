import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mapaudit } from './child.ts';
import { CACHE, Hot } from './hot.ts';
import { median, short, sleep } from './numbers.ts';
import type { Report } from './report.ts';

/** Operations a second: none but one batch, what a quiet service does, and a busy one within the default budget. */
const RATES = [64, 1000, 5000];
const WARM_UP_MS = 8000;

/** Shares of one processor, in percent. */
interface Costs {
  readonly alone: number;
  readonly served: number;
  readonly serve: number;
}

/** What `serve` costs a program that does little, and what it takes itself. */
export async function reportIdle(
  report: Report,
  binary: string,
  rounds: number,
  seconds: number,
): Promise<void> {
  // A file of its own: uprobes lie in files.
  const untouched = join(CACHE, 'hot.untouched');
  copyFileSync(binary, untouched);
  report.section(
    'What serve costs when little happens',
    `The same program twice at the same time, untouched and under \`mapaudit serve\` with its defaults, and serve itself: ` +
      `processor time of all threads over ${seconds} s, in percent of one processor; medians of ${rounds} rounds.`,
  );
  const rows: string[][] = [];
  for (const rate of RATES) {
    const all: Costs[] = [];
    for (let round = 0; round < rounds; round++) all.push(await costsAt(rate, untouched, binary, seconds));
    const [alone, served, serve, added] = [
      all.map((costs) => costs.alone),
      all.map((costs) => costs.served),
      all.map((costs) => costs.serve),
      all.map((costs) => costs.served - costs.alone),
    ].map(median);
    rows.push([String(rate), ...[alone, served, added, serve].map((share) => short(share ?? NaN))]);
    if (rate !== RATES[0]) continue;
    report.goal({ name: 'added to an idle program', measured: added ?? NaN, most: 0.1, unit: ' %' });
    report.goal({
      name: 'serve itself, beside an idle program',
      measured: serve ?? NaN,
      most: 2,
      unit: ' %',
      why: 'rings are looked into forty times a second, and each second a window is closed, judged, written and sent, with anything in it or not.',
    });
  }
  report.table(['operations/s', 'untouched %', 'under serve %', 'added %', 'serve itself %'], rows);
}

async function costsAt(rate: number, untouched: string, binary: string, seconds: number): Promise<Costs> {
  const [alone, served] = [new Hot(untouched, { op: 'mixed', rate }), new Hot(binary, { op: 'mixed', rate })];
  await sleep(300);
  const tool = mapaudit(['serve', '-p', String(served.pid), '--listen', '127.0.0.1:0', '--json']);
  try {
    await tool.until(() => tool.stdout.includes('\n'));
    await sleep(WARM_UP_MS);
    const pids = [alone.pid, served.pid, tool.child.pid ?? 0];
    const before = pids.map(cpuNs);
    const from = performance.now();
    await sleep(1000 * seconds);
    const ns = (performance.now() - from) * 1e6;
    const [a = NaN, b = NaN, own = NaN] = pids.map((pid, i) => (100 * (cpuNs(pid) - (before[i] ?? 0))) / ns);
    return { alone: a, served: b, serve: own };
  } finally {
    alone.stop();
    served.stop();
    await tool.stop();
  }
}

/** Nanoseconds of processor time of the threads that it has (Linux, Documentation/scheduler/sched-stats.rst). */
function cpuNs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce(
    (sum, tid) => sum + Number(readFileSync(`${tasks}/${tid}/schedstat`, 'utf8').split(' ')[0]),
    0,
  );
}
