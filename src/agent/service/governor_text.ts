import type { ProbeKind } from '../../protocol/options.ts';
import type { Detail } from './governor.ts';

interface Change {
  readonly name: string;
  readonly pid: number;
  readonly before: Detail;
  readonly detail: Detail;
  readonly share: number;
  readonly budget: number;
  readonly probe: Exclude<ProbeKind, 'auto'>;
}

/** What is said of a change; of more detail only where counts are whole again. */
export function loweredText({
  name,
  pid,
  before,
  detail,
  share,
  budget,
  probe,
}: Change): { readonly message: string; readonly hint?: string } | undefined {
  const of = `${name} (pid ${pid})`;
  if (before.paused && !detail.paused) return { message: `${of}: writes are counted again` };
  if (!before.reads && detail.reads) return { message: `${of}: reads are counted again` };
  const cost = costText(share, budget);
  const hint = cheaper(probe);
  if (detail.paused && !before.paused)
    return {
      message: `${of}: nothing is counted for a while: ${cost}, and nothing else is left to leave out`,
      hint,
    };
  if (before.reads && !detail.reads) return { message: `${of}: reads are no longer counted: ${cost}`, hint };
  if (before.keys && !detail.keys) return { message: `${of}: events have no keys any more: ${cost}`, hint };
  if (detail.sampleEvery > before.sampleEvery)
    return {
      message: `${of}: one operation in ${detail.sampleEvery} becomes an event; all are counted`,
    };
  return undefined;
}

/** What is said where everything that can be left out is left out, and it is still too much. */
export function overText({ name, pid, share, budget }: Pick<Change, 'name' | 'pid' | 'share' | 'budget'>): {
  readonly message: string;
  readonly hint: string;
} {
  return {
    message: `${name} (pid ${pid}): ${costText(share, budget)}, and nothing is left to leave out: it is counted on`,
    hint: 'Taking jumps out and placing them again would hold its threads each time. Give it more with --budget, or end serve.',
  };
}

const costText = (share: number, budget: number): string =>
  `its probes take ${percent(share)}, the budget is ${percent(budget)}`;

/** What there is beside a larger budget. */
const cheaper = (probe: Change['probe']): string =>
  probe === 'kernel'
    ? 'Give it more with --budget, or build the program with mapaudit go build: its hook costs a hundredth. So does --probe inline, which changes the running code: docs/inline.md.'
    : 'Give it more with --budget.';

/** Budgets are small: `0.10 %`; `130 %` */
const percent = (share: number): string =>
  `${share < 0.995 ? (share * 100).toPrecision(2) : (share * 100).toFixed(0)} %`;
