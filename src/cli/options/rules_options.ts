import { closest } from '../../base/closest.ts';
import type { DashboardsOptions, RulesOptions } from '../../protocol/rules.ts';
import { usageError } from '../parse/usage_error.ts';
import type { CommandSpec } from './commands.ts';
import type { OptionValues } from './table.ts';

const WORDS = ['check', 'test', 'default'] as const;

/** Commands about rules. */
export const RULES_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'rules',
    summary: 'check a file of rules, try it on a recording, or print the default rules',
    description:
      'Rules say what mapaudit serve is to find: a rate, a share of one prefix, more than before, a map that only grows, a race. check reads a file of rules and names each mistake by line and column. test gives it a recording, as fast as that can be read, and says which rules fire and recover and when; with a section expect in the file the exit code is 3 when it comes out otherwise. default prints the rules that are used without a file. docs/rules.md describes the file.',
    argument: { name: 'WHAT', help: 'check, test or default.' },
    second: { name: 'RULES', help: 'A file of rules (YAML).' },
    third: { name: 'FILE', help: 'test: what mapaudit record -o FILE has written.' },
    examples: [
      { line: 'mapaudit rules default > rules.yaml', says: 'to begin with' },
      { line: 'mapaudit rules check rules.yaml', says: 'is it in order?' },
      { line: 'mapaudit rules test rules.yaml incident.mapaudit', says: 'what would it have found?' },
    ],
  },
  {
    name: 'dashboards',
    summary: 'make alert rules for Prometheus and dashboards for Grafana',
    description:
      'Writes alert rules made of the same definitions as mapaudit judges by, tests of them for promtool, and two dashboards for Grafana over the metrics of mapaudit serve. docs/metrics.md describes those.',
    argument: { name: 'RULES', help: 'A file of rules; left out: the default rules.' },
    examples: [
      { line: 'mapaudit dashboards --out monitoring', says: 'from the default rules' },
      { line: 'mapaudit dashboards rules.yaml --out monitoring', says: 'from your own' },
    ],
  },
];

/** All that `rules` needs. */
export function rulesOptionsOf(words: readonly (string | undefined)[]): RulesOptions {
  const [word, path, recording] = words;
  const hint =
    'Write mapaudit rules check FILE, mapaudit rules test FILE RECORDING, or mapaudit rules default.';
  const what = WORDS.find((one) => one === word);
  if (what === undefined) {
    if (word === undefined) throw usageError('rules', 'what is to be done with rules?', { hint });
    const near = closest(word, WORDS);
    throw usageError('rules', `rules cannot ${word}`, {
      hint: near === undefined ? hint : `Did you mean ${near}? ${hint}`,
    });
  }
  if (what === 'default') return { do: what };
  if (path === undefined)
    throw usageError('no-file', `${what} which rules?`, {
      hint: `Name the file: mapaudit rules ${what} rules.yaml.`,
    });
  if (what === 'check') return { do: what, path };
  if (recording === undefined)
    throw usageError('no-file', 'try the rules on which recording?', {
      hint: 'Name the file: mapaudit rules test rules.yaml incident.mapaudit.',
    });
  return { do: what, path, recording };
}

/** All that `dashboards` needs. */
export function dashboardsOptionsOf(
  path: string | undefined,
  values: OptionValues,
): DashboardsOptions & { readonly folder: string } {
  if (values.out === undefined)
    throw usageError('no-output', 'where to?', {
      hint: 'Name the folder: mapaudit dashboards --out monitoring.',
    });
  return { ...(path === undefined ? {} : { path }), folder: values.out };
}
