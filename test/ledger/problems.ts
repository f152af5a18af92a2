import type { LedgerResult } from './run.ts';

/** How many events may leave open what they did, and of how many keys a part may be missing. */
const UNKNOWN = 0.001;
const UNPLANNED = 0.01;

/** Events in which a mutant is noticed. Keys whose type matters are few: of more events, their share is less by chance. */
export const eventsFor = ({ noticedBy }: { readonly noticedBy: string }): number =>
  noticedBy === 'unplanned keys' ? 12_000 : 4000;

/** What a trace has wrong, or leaves open more often than it may; empty where it agrees with the ledger. */
export function problemsOf(result: LedgerResult): string[] {
  const { missing, extra, byField, events, summary } = result;
  const counted: Record<string, number> = { missing, extra, lost: summary?.lost ?? events };
  const problems = Object.keys(counted).filter((name) => counted[name] !== 0);
  problems.push(...Object.keys(byField));
  const { unknownLen, unknownFound, unsureIds, unplannedKeys } = result;
  if (Math.max(unknownLen, unknownFound, unsureIds) > UNKNOWN * events) problems.push('unknown');
  if (unplannedKeys > UNPLANNED * events) problems.push('unplanned keys');
  return problems;
}
