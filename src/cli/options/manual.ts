import { COMMANDS, EXIT_CODES, type CommandSpec } from './commands.ts';
import type { OptionSpec } from './spec.ts';
import { optionsOf, usageOf } from './table.ts';

/** docs/cli.md, made from the tables that the command line itself is made from. */
export function manual(): string {
  return [
    '# Command line',
    '',
    '<!-- Made from src/cli/options by `npm run docs`. Do not edit. -->',
    '',
    ...COMMANDS.map(({ name, summary }) => `- [\`mapaudit ${name}\`](#mapaudit-${name}): ${summary}`),
    '',
    'Exit codes:',
    '',
    '| code | means |',
    '| --- | --- |',
    ...EXIT_CODES.map(({ code, means }) => `| ${code} | ${means} |`),
    '',
    ...COMMANDS.flatMap(commandPage),
  ].join('\n');
}

function commandPage(spec: CommandSpec): readonly string[] {
  const words = [spec.argument, spec.second, spec.third].filter((word) => word !== undefined);
  const argument = words.map(({ name }) => ` [${name}]`).join('');
  return [
    `## mapaudit ${spec.name}`,
    '',
    spec.description,
    '',
    '```',
    `mapaudit ${spec.name}${spec.raw === true ? '' : ' [flags]'}${argument}`,
    '',
    ...spec.examples.flatMap(({ line, says }) => [`# ${says}`, line]),
    '```',
    '',
    ...optionList(optionsOf(spec.name)),
  ];
}

function optionList(options: readonly OptionSpec[]): readonly string[] {
  const groups = [...new Set(options.map((option) => option.group))];
  return groups.flatMap((group) => [
    `**${group}**`,
    '',
    ...options.filter((option) => option.group === group).map(optionItem),
    '',
  ]);
}

function optionItem(option: OptionSpec): string {
  const more = option.details === undefined ? '' : ` ${option.details}`;
  return `- \`${usageOf(option)}\`: ${escaped(option.help)}${more}`;
}

/** Stars in help texts are globs, not emphasis. */
function escaped(text: string): string {
  return text.replaceAll('*', '\\*');
}
