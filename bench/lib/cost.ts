import { Hot } from './hot.ts';
import { median, sleep } from './numbers.ts';
import { SCENARIOS } from './scenarios.ts';

/** What one scenario costs. */
export interface Cost {
  readonly id: string;
  readonly name: string;
  /** Nanoseconds an operation takes, as the target itself measures it. */
  readonly nsPerOp: number;
  /** More than untouched, of the same rounds. */
  readonly added: number;
  /** Of the operations in the measured time; undefined where nothing is sent. */
  readonly lostPercent: number | undefined;
}

/** Time after attaching that does not count: caches, first hits, counters' first rows. */
const SETTLE_MS = 300;

/** Runs all scenarios in turn on one running target, several rounds; medians over the rounds. */
export async function measureCosts(
  binary: string,
  rounds: number,
  windowMs: number,
): Promise<readonly Cost[]> {
  const times = new Map<string, number[]>();
  const losses = new Map<string, number[]>();
  const target = new Hot(binary, { op: 'delete' });
  try {
    await sleep(SETTLE_MS);
    for (let round = 0; round < rounds; round++) {
      for (const scenario of SCENARIOS) {
        process.stderr.write(`round ${round + 1}/${rounds}: ${scenario.name}\n`);
        const watch = await scenario.start(target.pid, binary);
        await sleep(SETTLE_MS);
        const before = watch.loss();
        target.forget();
        await sleep(windowMs);
        const windows = target.windows();
        const after = watch.loss();
        await watch.stop();
        push(times, scenario.id, median(windows.map((window) => window.nsPerOp)));
        if (before === undefined || after === undefined) continue;
        const ops = windows.reduce((sum, window) => sum + window.ops, 0);
        const lost = after.lost - before.lost;
        const all = Number.isNaN(after.seen) ? ops : lost + after.seen - before.seen;
        push(losses, scenario.id, (100 * lost) / all);
      }
    }
  } finally {
    target.stop();
  }
  return SCENARIOS.map(({ id, name }) => costOf(id, name, times, losses));
}

function costOf(id: string, name: string, times: Map<string, number[]>, losses: Map<string, number[]>): Cost {
  const base = times.get('untouched') ?? [];
  const own = times.get(id) ?? [];
  const lost = losses.get(id);
  return {
    id,
    name,
    nsPerOp: median(own),
    added: median(own.map((time, round) => time - (base[round] ?? NaN))),
    lostPercent: lost === undefined ? undefined : median(lost),
  };
}

function push(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
