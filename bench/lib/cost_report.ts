import type { Cost } from './cost.ts';
import { short } from './numbers.ts';
import type { Report } from './report.ts';

/** Prints the costs with their ratios to the floor and to bpftrace, and notes the goals. */
export function reportCosts(report: Report, costs: readonly Cost[]): void {
  const added = (id: string): number => costs.find((cost) => cost.id === id)?.added ?? NaN;
  const floor = added('floor');
  report.section(
    'What a delete costs the program',
    'A loop of `delete(m, key)` on a `map[string]int` with 16-byte keys, one goroutine. Medians of interleaved rounds on one process.',
  );
  report.table(
    ['watched by', 'ns/op', 'added', '/ floor', 'lost %'],
    costs.map(({ name, nsPerOp, added: more, lostPercent, id }) => [
      name,
      short(nsPerOp),
      id === 'untouched' ? '' : short(more),
      id === 'untouched' ? '' : short(more / floor),
      lostPercent === undefined ? '' : short(lostPercent),
    ]),
  );
  const goals: readonly (readonly [string, string, string, number])[] = [
    ['counting / floor', 'counts', 'floor', 1.2],
    ['counting (top) / floor', 'top', 'floor', 1.2],
    ['counting / bpftrace counting', 'counts', 'bpf-count', 1 / 8],
    ['full event / floor', 'event', 'floor', 1.8],
    ['full event / bpftrace printing the same', 'event', 'bpf-same', 1 / 10],
    ['full event with exit / bpftrace printing the same', 'exit', 'bpf-same', 1 / 10],
  ];
  for (const [name, one, other, most] of goals)
    report.goal({ name, measured: added(one) / added(other), most, unit: '' });
}
