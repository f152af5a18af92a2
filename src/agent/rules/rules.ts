import type { FeedItem, FindingTold, ProcessJoined } from '../../model/feed.ts';
import type { Notice } from '../../protocol/notice.ts';
import { findingLine, type RuleExpected, type RulesLine, type RulesOptions } from '../../protocol/rules.ts';
import { OP_WORDS } from '../../protocol/text/words.ts';
import { DEFAULT_RULES, loadRules, neededOps, type RulesFile, rulesSink } from '../../rules/index.ts';
import { recordingFeed } from '../replay/feed_of.ts';
import { regularFile } from '../regular_file.ts';

/** What the rules that mapaudit brings along are called in messages. */
const BUILT_IN = 'default rules';
/** Far more than rules may have, which are judged by their characters. */
const MOST_BYTES = 8 << 20;
const NAME_A_FILE = 'Name a file of rules; mapaudit rules default prints one to begin with.';

/** Rules of a file, or those that mapaudit brings along. Errors: `rules-invalid`, those of `regularFile`. */
export function rulesOf(path: string | undefined): RulesFile {
  if (path === undefined) return loadRules(DEFAULT_RULES, BUILT_IN);
  const file = regularFile(path, MOST_BYTES, NAME_A_FILE);
  return loadRules(file.toString(), path);
}

/** `rules`. Errors: those of `rulesOf` and `recordingFeed`. */
export async function* rulesLines(options: RulesOptions): AsyncGenerator<readonly RulesLine[]> {
  if (options.do === 'default') {
    yield [{ type: 'text', text: DEFAULT_RULES }];
    return;
  }
  const file = rulesOf(options.path);
  if (options.do === 'check') {
    yield [
      {
        type: 'rules',
        file: file.path,
        rules: file.rules.map(({ name, kind, severity }) => ({ name, kind, severity })),
        disabled: file.disabled,
        actions: file.actions.map(({ name, kind }) => ({ name, kind })),
      },
    ];
    return;
  }
  yield* tested(file, options.recording);
}

async function* tested(file: RulesFile, recording: string): AsyncGenerator<readonly RulesLine[]> {
  const notices: Notice[] = [];
  const fresh: FindingTold[] = [];
  const counts = new Map(file.rules.map(({ name }) => [name, { fired: 0, resolved: 0 }]));
  const sink = rulesSink(file.rules, (told) => {
    fresh.push(told);
    const count = counts.get(told.finding.rule);
    if (count !== undefined) count[told.finding.state === 'firing' ? 'fired' : 'resolved']++;
  });
  const span = { from: Infinity, to: -Infinity };
  const unjudged = new Set<string>();
  for await (const items of recordingFeed(recording, (notice) => notices.push(notice))) {
    sink.take(items);
    for (const item of items) {
      widen(span, item);
      if (item.type === 'joined') notices.push(...notJudged(file, item, unjudged));
    }
    yield [
      ...notices.splice(0),
      ...fresh
        .splice(0)
        .map(({ at, finding }): RulesLine => ({ type: 'told', at, finding: findingLine(finding) })),
    ];
  }
  yield notices;
  const expected = expectationsOf(file, counts);
  yield [
    {
      type: 'rules_tested',
      file: file.path,
      recording,
      ...(span.from <= span.to ? span : {}),
      rules: sink.states().map(({ rule: { name }, beyond }) => ({
        name,
        fired: counts.get(name)?.fired ?? 0,
        resolved: counts.get(name)?.resolved ?? 0,
        beyond,
      })),
      expected,
      ok: expected.every(({ met }) => met),
    },
  ];
}

/** Rules that need an operation that was not recorded: each is told once. */
function notJudged({ rules }: RulesFile, { ops }: ProcessJoined, told: Set<string>): readonly Notice[] {
  if (ops === undefined) return [];
  return rules.flatMap((rule): readonly Notice[] => {
    const missing = neededOps(rule).filter((op) => !ops.includes(op));
    if (missing.length === 0 || told.has(rule.name)) return [];
    told.add(rule.name);
    return [
      {
        type: 'notice',
        level: 'warning',
        code: 'not-recorded',
        message: `${rule.name} is not judged: ${missing.map((op) => OP_WORDS[op]).join(' and ')} were not recorded`,
        hint: `Record them too: mapaudit record --op ${[...new Set([...ops, ...missing])].join(',')}`,
      },
    ];
  });
}

function widen(span: { from: number; to: number }, item: FeedItem): void {
  if (item.type !== 'window') return;
  span.from = Math.min(span.from, item.window.start);
  span.to = Math.max(span.to, item.window.start + item.window.lengthMs);
}

function expectationsOf(
  { expect }: RulesFile,
  counts: ReadonlyMap<string, { readonly fired: number; readonly resolved: number }>,
): readonly RuleExpected[] {
  if (expect === undefined) return [];
  const of = (rule: string): { fired: number; resolved: number } =>
    counts.get(rule) ?? { fired: 0, resolved: 0 };
  return [
    ...expect.fires.map((rule): RuleExpected => ({ rule, wanted: 'fires', met: of(rule).fired > 0 })),
    ...expect.recovers.map((rule): RuleExpected => ({
      rule,
      wanted: 'recovers',
      met: of(rule).resolved > 0,
    })),
    ...expect.silent.map((rule): RuleExpected => ({ rule, wanted: 'silent', met: of(rule).fired === 0 })),
  ];
}
