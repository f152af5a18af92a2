import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { measureAgent } from './agent.ts';
import { ROOT } from './hot.ts';
import { short } from './numbers.ts';
import type { Report } from './report.ts';

const MODES: readonly (readonly [string, readonly string[]])[] = [
  ['trace, default', []],
  ['trace, --effects off', ['--effects', 'off']],
];

/** Processor and memory that `trace --json` takes at fixed rates. */
export async function reportAgent(report: Report, binary: string, ms: number): Promise<void> {
  report.section(
    "mapaudit's own processor and memory",
    '`mapaudit trace --json -o /dev/null` on assigns and deletes at a fixed rate; start-up left out.',
  );
  const rows: string[][] = [];
  for (const rate of [10_000, 100_000]) {
    for (const [name, flags] of MODES) {
      const cost = await measureAgent(binary, rate, ms, flags);
      rows.push([
        name,
        ...[rate, cost.made].map((n) => n.toFixed(0)),
        ...[cost.cpu, cost.rssMb, cost.lostPercent].map(short),
      ]);
      if (rate !== 10_000 || flags.length > 0) continue;
      report.goal({
        name: 'processor at 10,000 events/s',
        measured: cost.cpu,
        most: 3,
        unit: ' % of a core',
        why: 'some 2.3 % are there at 100 events/s already: waking every few milliseconds to drain, and garbage collection of a process that does little else.',
      });
      report.goal({
        name: 'memory at 10,000 events/s',
        measured: cost.rssMb,
        most: 120,
        unit: ' MB',
        why: 'Node itself takes 45 MB, the rings and the batches that wait for exits most of the rest.',
      });
    }
  }
  report.table(['how', 'rate', 'made', 'CPU %', 'RSS MB', 'lost %'], rows);
}

/** Decoding and adding up, in this process alone, without kernel. */
export function reportStream(report: Report): void {
  const text = execFileSync(process.execPath, ['--import', 'tsx', join(ROOT, 'bench', 'stream.ts')], {
    encoding: 'utf8',
  });
  const rows = text.split('\n').flatMap((line) => {
    const match = /^(.*?)\s+([\d.]+) ns\/event$/.exec(line);
    return match === null ? [] : [[match[1] ?? '', match[2] ?? '']];
  });
  report.section(
    'From ring to counters in Node',
    'Nanoseconds an event, best of 150 rounds of 10,000 events.',
  );
  report.table(['what', 'ns/event'], rows);
  const of = (name: string): number => Number(rows.find(([first]) => first === name)?.[1] ?? NaN);
  report.goal({ name: 'decoded and added up', measured: of('decode, count'), most: 100, unit: ' ns' });
  const exits = 'decode, exits, number maps, count';
  report.goal({
    name: 'the same with exits and map numbers',
    measured: of(exits),
    most: 100,
    unit: ' ns',
    why: 'an event is two records then, and three tables (open operations by goroutine and by map, lives of maps) are looked up for it.',
  });
}
