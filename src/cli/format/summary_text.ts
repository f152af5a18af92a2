import { MAP_OPS, type MapOp } from '../../model/map_op.ts';
import type { Loss } from '../../protocol/loss.ts';
import type { EndReason, OpSummary, Summary } from '../../protocol/summary.ts';
import { counted, grouped } from '../../protocol/text/numbers.ts';

/** How each operation is counted, and what "found" means for it. */
const WORDS: Readonly<Record<MapOp, { one: string; many: string; found: string; missed: string }>> = {
  delete: { one: 'delete', many: 'deletes', found: 'found their key', missed: 'did not' },
  assign: { one: 'assign', many: 'assigns', found: 'replaced a value', missed: 'inserted a key' },
  clear: { one: 'clear', many: 'clears', found: 'found entries', missed: 'did not' },
  grow: { one: 'growth', many: 'growths', found: 'found entries', missed: 'did not' },
  access: { one: 'access', many: 'accesses', found: 'found their key', missed: 'did not' },
  iterate: { one: 'iteration', many: 'iterations', found: 'found entries', missed: 'did not' },
};

/** Ends that the user did not ask for are said in a line of their own. */
const ENDS: Readonly<Partial<Record<EndReason, string>>> = {
  'target-exited': 'The program has ended.',
  'target-exec': 'The process has become another program (exec), and its probes are gone.',
};

/** `3,112 events · 0 lost · 3,112 deletes (2,901 found their key, 211 did not)`, and before it why it ended. */
export function summaryText(summary: Summary): readonly string[] {
  const parts = [counted(summary.events, 'event'), lostText(summary)];
  if (summary.sampled > 0) parts.push(`${grouped(summary.sampled)} left out by sampling`);
  parts.push(...partial(summary.loss));
  for (const op of MAP_OPS) {
    const of = summary.by_op[op];
    if (of !== undefined && of.events > 0) parts.push(opText(op, of));
  }
  return [...runEndText(summary), parts.join(' · ')];
}

/** A line that says why the run ended, where the user did not ask for it. */
export function runEndText({ ended }: Summary): readonly string[] {
  const end = ENDS[ended];
  return end === undefined ? [] : [end];
}

/** `0 lost`, `12 lost (10 ring full, 2 output too slow)`. */
export function lostText(of: { readonly lost: number; readonly loss: Loss }): string {
  if (of.lost === 0) return '0 lost';
  const causes = [
    [of.loss.ring_full, 'ring full'],
    [of.loss.output_slow, 'output too slow'],
  ] as const;
  const named = causes.filter(([n]) => n > 0).map(([n, cause]) => `${grouped(n)} ${cause}`);
  return `${grouped(of.lost)} lost${named.length === 0 ? '' : ` (${named.join(', ')})`}`;
}

/** Events that were shown, but not whole. */
function partial(loss: Loss): readonly string[] {
  const parts: string[] = [];
  if (loss.key_unreadable > 0) parts.push(`${counted(loss.key_unreadable, 'key')} unreadable`);
  if (loss.len_unreadable > 0) parts.push(`${counted(loss.len_unreadable, 'length')} unreadable`);
  if (loss.stack_unreadable > 0) parts.push(`${counted(loss.stack_unreadable, 'stack')} cut short`);
  return parts;
}

function opText(op: MapOp, of: OpSummary): string {
  const { one, many, found, missed } = WORDS[op];
  const text = counted(of.events, one, many);
  if (of.removed !== undefined) return `${text} (${counted(of.removed, 'entry', 'entries')} removed)`;
  if (of.found === undefined && of.not_found === undefined) return text;
  const [yes, no] = [of.found ?? 0, of.not_found ?? 0];
  // Of one operation one half says it all.
  const both = [
    yes === 1 ? `1 ${found.replace('their', 'its')}` : `${grouped(yes)} ${found}`,
    `${grouped(no)} ${missed}`,
  ];
  const known = both.filter((_, i) => of.events > 1 || (i === 0 ? yes : no) > 0);
  const unknown = of.events - yes - no;
  if (unknown > 0) known.push(`${grouped(unknown)} not known`);
  return `${text} (${known.join(', ')})`;
}

/** What to do when the summary is not what one hopes for. */
export function summaryAdvice(summary: Summary): string | undefined {
  const { ring_full, output_slow } = summary.loss;
  if (summary.lost > 0 && output_slow > ring_full) {
    return 'The output was read too slowly: write to a file (-o FILE), filter more narrowly, or add --sample 1/N.';
  }
  if (summary.lost > 0) {
    // Whoever fills the rings: the kernel, or the program itself by jumps or the build hook, which keeps its first ring size.
    return 'The rings had no room for all events: filter more narrowly, add --sample 1/N, or a larger --ring (a program with the build hook keeps the size that its first reader asked for).';
  }
  if (summary.events === 0 && summary.sampled === 0) {
    return 'Nothing was seen. mapaudit top shows whether the program uses its maps; mapaudit check what can be seen of it.';
  }
  return undefined;
}
