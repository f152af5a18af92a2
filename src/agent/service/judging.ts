import type { FeedItem, FindingTold } from '../../model/feed.ts';
import { type RulesFile, rulesSink } from '../../rules/index.ts';
import { type Actions, startActions } from '../actions/index.ts';
import type { NamedSink } from './sink_queue.ts';

/** What judges the feed, and what follows from it. */
export interface Judging {
  readonly sink: NamedSink;
  /** Of a finding that stands in the feed. */
  readonly act: (items: readonly FeedItem[]) => void;
  readonly close: () => Promise<void>;
}

/** Error: `secret-missing`. */
export function judging(
  file: RulesFile,
  found: (told: FindingTold) => void,
  say: (message: string) => void,
): Judging {
  const actions: Actions = startActions(file, { log: (line) => process.stderr.write(`${line}\n`), say });
  return {
    sink: { name: 'the rules', sink: rulesSink(file.rules, found) },
    act: (items) => {
      for (const item of items) if (item.type === 'finding') actions.finding(item.finding);
    },
    close: async () => {
      await actions.close();
    },
  };
}
