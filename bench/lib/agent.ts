import { readFileSync } from 'node:fs';
import { mapaudit } from './child.ts';
import { Hot } from './hot.ts';
import { sleep } from './numbers.ts';

/** What watching costs on mapaudit's own side. */
export interface AgentCost {
  readonly rate: number;
  /** Events a second that the target really made. */
  readonly made: number;
  /** Of one core, in per cent. */
  readonly cpu: number;
  readonly rssMb: number;
  readonly lostPercent: number;
}

interface Usage {
  readonly cpuMs: number;
  readonly rssMb: number;
}

/** Start-up and compiling of hot code do not count. */
const WARM_UP_MS = 3000;
const TICK_MS = 10;

/** `trace --json` into nothing, at a fixed rate of operations. */
export async function measureAgent(
  binary: string,
  rate: number,
  ms: number,
  flags: readonly string[],
): Promise<AgentCost> {
  const target = new Hot(binary, { op: 'mixed', rate });
  await sleep(300);
  const tool = mapaudit(['trace', '-p', String(target.pid), '--json', ...flags, '-o', '/dev/null']);
  try {
    await sleep(WARM_UP_MS);
    const pid = tool.child.pid ?? 0;
    target.forget();
    const before = usage(pid);
    const lostBefore = lostOf(tool.stderr);
    const began = performance.now();
    await sleep(ms);
    const took = performance.now() - began;
    const after = usage(pid);
    const lost = lostOf(tool.stderr) - lostBefore;
    const ops = target.windows().reduce((sum, window) => sum + window.ops, 0);
    const seconds = target.windows().length / 10;
    await tool.stop();
    const cpu = (100 * (after.cpuMs - before.cpuMs)) / took;
    return { rate, made: ops / seconds, cpu, rssMb: after.rssMb, lostPercent: (100 * lost) / ops };
  } finally {
    target.stop();
  }
}

function usage(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const rss = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? NaN);
  return { cpuMs: ((fields[11] ?? 0) + (fields[12] ?? 0)) * TICK_MS, rssMb: rss / 1024 };
}

/** Events that notices on stderr say were lost; the summary goes where the events go. */
function lostOf(stderr: string): number {
  let lost = 0;
  for (const line of stderr.split('\n')) {
    if (!line.includes('"events-lost"')) continue;
    const { message } = JSON.parse(line) as { message: string };
    lost += Number(message.split(' ')[0]?.replaceAll(',', ''));
  }
  return lost;
}
