import { Command, CommanderError, Option } from 'commander';
import { usageError } from '../parse/usage_error.ts';
import { COMMANDS, EXIT_CODES, type CommandSpec } from './commands.ts';
import type { CommandName, OptionSpec } from './spec.ts';
import { optionsOf, usageOf, type OptionValues } from './table.ts';

/** What was asked for: a command, or a text to print (help, version). */
export type Request =
  | {
      readonly type: 'command';
      readonly name: CommandName;
      readonly argument: string | undefined;
      /** A second word that is no flag. */
      readonly second: string | undefined;
      /** A third one. */
      readonly third: string | undefined;
      readonly values: OptionValues;
    }
  | { readonly type: 'text'; readonly text: string };

/** Reads the command line. Throws a usage error that says what is wrong and what was probably meant. */
export function parseCommandLine(args: readonly string[], version: string, columns: number): Request {
  let request: Request | undefined;
  let printed = '';
  const program = programOf(version, (parsed) => (request = parsed));
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => (printed += text),
      writeErr: () => undefined,
      getOutHelpWidth: () => columns,
    });
  }
  try {
    program.parse(args.length === 0 ? ['--help'] : args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw fromCommander(error);
  }
  return request ?? { type: 'text', text: printed };
}

function programOf(version: string, done: (request: Request) => void): Command {
  const program = new Command('mapaudit')
    .description('See what a running Go program does to its maps.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError(true);
  for (const spec of COMMANDS) program.addCommand(commandOf(spec, done));
  const codes = EXIT_CODES.map(({ code, means }) => `  ${code}  ${means}`).join('\n');
  return program.addHelpText(
    'after',
    `\nExit codes:\n${codes}\n\nHelp of one command: mapaudit trace --help`,
  );
}

function commandOf(spec: CommandSpec, done: (request: Request) => void): Command {
  const command = new Command(spec.name)
    .configureHelp({ optionDescription: (option) => option.description })
    .summary(spec.summary)
    .description(spec.description);
  command.helpOption('-h, --help', 'print this help').allowExcessArguments(false);
  if (spec.argument !== undefined) command.argument(`[${spec.argument.name}]`, spec.argument.help);
  if (spec.second !== undefined) command.argument(`[${spec.second.name}]`, spec.second.help);
  if (spec.third !== undefined) command.argument(`[${spec.third.name}]`, spec.third.help);
  for (const option of optionsOf(spec.name)) command.addOption(optionFrom(option));
  const examples = spec.examples.map(({ line, says }) => `  # ${says}\n  ${line}`).join('\n');
  command.addHelpText('after', `\nExamples:\n${examples}`);
  return command.action(() => {
    const values: OptionValues = command.opts();
    const [argument, second, third] = command.args;
    done({ type: 'command', name: spec.name, argument, second, third, values });
  });
}

function optionFrom(spec: OptionSpec): Option {
  const value =
    spec.value === undefined ? '' : spec.whenBare === undefined ? ` <${spec.value}>` : ` [${spec.value}]`;
  const names = spec.short === undefined ? spec.flag : `${spec.short}, ${spec.flag}`;
  const option = new Option(`${names}${value}`, spec.help).helpGroup(`${spec.group}:`);
  if (spec.whenBare !== undefined) option.preset(spec.whenBare);
  const { parse } = spec;
  if (parse === undefined) return option;
  const texts: string[] = [];
  return option.argParser((text: string) => {
    texts.push(text);
    if (texts.length > 1 && spec.list !== true) {
      throw usageError('repeated', `${spec.flag} is given twice`, {
        hint: `Keep one of them: ${usageOf(spec)}.`,
      });
    }
    return parse(texts.join(','));
  });
}

/** Commander's message as one of ours: its suggestion becomes the hint. */
function fromCommander(error: CommanderError): Error {
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const code = error.code
    .replace(/^commander\./, '')
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const hint =
    suggestion === undefined
      ? 'All commands and flags: mapaudit --help.'
      : suggestion.replace(/^\((.*)\)$/, '$1');
  return usageError(code, message, { hint });
}
