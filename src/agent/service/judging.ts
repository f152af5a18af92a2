import { readFileSync } from 'node:fs';
import { MapauditError, messageOf } from '../../base/errors.ts';
import type { FeedItem, FindingTold } from '../../model/feed.ts';
import { DEFAULT_RULES, loadRules, type RulesFile, rulesSink } from '../../rules/index.ts';
import { type Actions, startActions } from '../actions/index.ts';
import type { NamedSink } from './sink_queue.ts';

/** What judges the feed, and what follows from it. */
export interface Judging {
  readonly sink: NamedSink;
  /** Of a finding that stands in the feed. */
  readonly act: (items: readonly FeedItem[]) => void;
  readonly close: () => Promise<void>;
}

/** Error: `no-such-file`, `rules-invalid`, `secret-missing`. */
export function judging(
  path: string | undefined,
  found: (told: FindingTold) => void,
  say: (message: string) => void,
): Judging {
  const file = rulesOf(path);
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

function rulesOf(path: string | undefined): RulesFile {
  if (path === undefined) return loadRules(DEFAULT_RULES, 'the default rules');
  try {
    return loadRules(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof MapauditError) throw error;
    throw new MapauditError('no-such-file', `the rules cannot be read: ${messageOf(error)}`, {
      hint: 'mapaudit rules default prints a file to begin with.',
      cause: error,
    });
  }
}
