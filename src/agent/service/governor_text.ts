import type { Detail } from './governor.ts';

interface Change {
  readonly name: string;
  readonly pid: number;
  readonly before: Detail;
  readonly detail: Detail;
  readonly share: number;
  readonly budget: number;
}

/** What is said of a change; of more detail only where counts are whole again. */
export function loweredText({
  name,
  pid,
  before,
  detail,
  share,
  budget,
}: Change): { readonly message: string; readonly hint?: string } | undefined {
  const of = `${name} (pid ${pid})`;
  if (before.paused && !detail.paused) return { message: `${of}: writes are counted again` };
  if (!before.reads && detail.reads) return { message: `${of}: reads are counted again` };
  const cost = `its probes take ${percent(share)}, the budget is ${percent(budget)}`;
  const hint =
    'Give it more with --budget, or build the program with mapaudit go build: its hook costs a hundredth.';
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

/** Budgets are small: `0.10 %`; `130 %` */
const percent = (share: number): string =>
  `${share < 0.995 ? (share * 100).toPrecision(2) : (share * 100).toFixed(0)} %`;
