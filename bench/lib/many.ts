import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mapaudit, type Tool } from './child.ts';
import { CACHE, Hot } from './hot.ts';
import { median, short, sleep } from './numbers.ts';
import type { Report } from './report.ts';

/** Processes that start at once. */
const COUNTS = [1, 8, 30];
const NAME = 'hot.many';
const SETTLED_MS = 3000;

interface Watched {
  /** Milliseconds from their start until the last of them was watched. */
  readonly ms: number;
  /** Resident memory of serve for each of them, MB. */
  readonly mb: number;
}

/** How soon `serve` watches processes that come together, and what memory each takes. */
export async function reportMany(report: Report, binary: string, rounds: number): Promise<void> {
  const program = join(CACHE, NAME);
  copyFileSync(binary, program);
  report.section(
    'Programs that start at once',
    `Copies of one program, which does 64 operations a second, start under a \`mapaudit serve --name\` that runs already: ` +
      `until the last of them is watched, and what serve then has of memory beyond what it had before, for each; medians of ${rounds} rounds.`,
  );
  const rows: string[][] = [];
  for (const count of COUNTS) {
    const all: Watched[] = [];
    for (let round = 0; round < rounds; round++) all.push(await watched(program, count));
    const [ms = NaN, mb = NaN] = [all.map((one) => one.ms), all.map((one) => one.mb)].map(median);
    rows.push([String(count), short(ms), short(ms / count), short(mb)]);
    if (count === 1) report.goal({ name: 'a new process is watched', measured: ms, most: 1000, unit: ' ms' });
  }
  report.table(['processes', 'all watched after ms', 'ms each', 'MB each'], rows);
}

async function watched(program: string, count: number): Promise<Watched> {
  const tool = mapaudit(['serve', '--name', NAME, '--listen', '127.0.0.1:0', '--json']);
  let programs: readonly Hot[] = [];
  try {
    await tool.until(() => tool.stdout.includes('\n'));
    const { address } = JSON.parse(tool.stdout.split('\n')[0] ?? '') as { address: string };
    await sleep(SETTLED_MS);
    const before = residentMb(tool);
    const from = performance.now();
    programs = Array.from({ length: count }, () => new Hot(program, { op: 'mixed', rate: 64 }));
    while ((await processes(address)) < count) await sleep(20);
    const ms = performance.now() - from;
    await sleep(SETTLED_MS);
    return { ms, mb: (residentMb(tool) - before) / count };
  } finally {
    for (const one of programs) one.stop();
    await tool.stop();
  }
}

/** How many are watched. */
async function processes(address: string): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text();
  const told = /^mapaudit_processes (\d+)$/m.exec(text)?.[1];
  if (told === undefined) throw new Error(`no mapaudit_processes in ${address}/metrics`);
  return Number(told);
}

function residentMb(tool: Tool): number {
  const status = readFileSync(`/proc/${tool.child.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1]) / 1024;
}
