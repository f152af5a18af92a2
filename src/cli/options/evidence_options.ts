import { MAP_OPS } from '../../model/map_op.ts';
import { EXPORT_FORMATS, type ExportOptions } from '../../protocol/export.ts';
import type { RecordOptions } from '../../protocol/evidence.ts';
import type { Replay, ReplayOptions } from '../../protocol/replay.ts';
import type { ReportOptions } from '../../protocol/report.ts';
import { closest } from '../../base/closest.ts';
import { usageError } from '../parse/usage_error.ts';
import { MAX_SPEED } from '../parse/speed.ts';
import { present, traceOptionsOf } from './resolve.ts';
import { OPTIONS, type OptionName, type OptionValues } from './table.ts';

const BUDGET = 0.01;

/** Commands that a recording can answer. */
export const REPLAYED = ['trace', 'top', 'who', 'grow', 'race', 'serve'] as const;
export type ReplayedCommand = (typeof REPLAYED)[number];

/** All that `record` needs. */
export function recordOptionsOf(values: OptionValues): RecordOptions {
  const options = traceOptionsOf(values);
  if (options.filters.mapId !== undefined)
    throw usageError('map', `${options.filters.mapId} is a number of another run`, {
      hint: 'Give the address of the map, as JSON output has it: --map-id 0xc000123450.',
    });
  if (values.races !== true) {
    if (values.budget === undefined) return options;
    throw usageError('contradiction', '--budget has no meaning without --races', { hint: 'Add --races.' });
  }
  if (options.selection.type !== 'pid')
    throw usageError('contradiction', 'races are looked for in one process', { hint: 'Say -p PID.' });
  return { ...options, races: { budget: values.budget ?? BUDGET } };
}

/** What is to be replayed, as which command, with which flags. */
export interface ReplayRequest {
  readonly replay: ReplayOptions;
  readonly command: ReplayedCommand;
  readonly values: OptionValues;
}

/** All that `replay` needs, checked before the file is opened. */
export function replayRequestOf(words: readonly (string | undefined)[], values: OptionValues): ReplayRequest {
  const [path, word = 'trace'] = words;
  if (path === undefined) throw noFile('replay', 'mapaudit replay incident.mapaudit');
  const command = REPLAYED.find((one) => one === word);
  if (command === undefined) {
    const near = closest(word, REPLAYED);
    throw usageError('command', `a recording cannot be replayed as ${word}`, {
      hint: near === undefined ? `Use one of ${REPLAYED.join(', ')}.` : `Did you mean ${near}?`,
    });
  }
  const { speed, ...rest } = values;
  checkFlags(command, rest);
  const isScreen = command === 'top' && rest.once !== true && rest.json !== true;
  const times = speed ?? (isScreen ? 1 : MAX_SPEED);
  return {
    replay: { path, ...(times === MAX_SPEED ? {} : { speed: times }) },
    command,
    values: rest,
  };
}

/** What the command is asked, where the recording says whom. */
export function replayedValues(
  command: ReplayedCommand,
  values: OptionValues,
  { selection, filters }: Replay,
): OptionValues {
  const asked = values.pid === undefined ? targetOf(command, selection) : {};
  // What was recorded is what is shown, unless somebody says otherwise.
  const ops = command === 'trace' || command === 'top' ? { op: filters?.ops ?? MAP_OPS } : {};
  // A table at the end is of all that was recorded.
  const all = command === 'top' && values.once === true ? { duration: Infinity } : {};
  return { ...asked, ...ops, ...all, ...values };
}

function targetOf(command: ReplayedCommand, selection: Replay['selection']): OptionValues {
  if (command === 'serve') return { all: true };
  if (selection === undefined) return command === 'race' ? { pid: 0 } : { name: '*' };
  switch (selection.type) {
    case 'pid':
      return { pid: selection.pid };
    case 'exe':
      return { exe: selection.path };
    case 'name':
      return { name: selection.glob };
  }
}

/** Flags of `serve` that say how a program is watched, or what is done with it meanwhile. */
const OF_A_PROGRAM: readonly OptionName[] = [
  'pid',
  'name',
  'all',
  'store',
  'otlp',
  'races',
  'budget',
  'keys',
  'probe',
  'ring',
];

/** A flag that the command does not have is a mistake, as it is without a recording. */
function checkFlags(command: ReplayedCommand, values: OptionValues): void {
  for (const name of Object.keys(values) as OptionName[]) {
    const { flag, commands } = OPTIONS[name];
    if (!(commands as readonly string[]).includes(command))
      throw usageError('unknown-option', `${command} has no ${flag}`, {
        hint: `Its flags: mapaudit ${command} --help.`,
      });
    if (command === 'serve' && OF_A_PROGRAM.includes(name))
      throw usageError('contradiction', `${flag} has no meaning for a recording`, {
        hint: 'mapaudit replay FILE serve has --listen, --rules and --speed.',
      });
  }
}

/** All that `report` needs. */
export function reportOptionsOf(path: string | undefined, values: OptionValues): ReportOptions {
  if (path === undefined) throw noFile('report on', 'mapaudit report incident.mapaudit -o incident.html');
  return { path, ...present('profile', values.profile) };
}

/** All that `export` needs. */
export function exportOptionsOf(
  words: readonly (string | undefined)[],
  { store }: Pick<OptionValues, 'store'> = {},
): ExportOptions {
  const [word, path] = words;
  const hint = 'mapaudit export pprof incident.mapaudit -o maps.pb.gz';
  const format = EXPORT_FORMATS.find((one) => one === word);
  if (word === undefined) throw noFile('export', hint);
  if (format === undefined)
    throw usageError('format', `${word} is no format of export`, {
      hint: `Use one of ${EXPORT_FORMATS.join(', ')}: ${hint}.`,
    });
  if (store !== undefined) {
    if (path !== undefined)
      throw usageError('contradiction', 'a recording and --store stand beside each other', {
        hint: 'Use one of them.',
      });
    if (format === 'parquet') return { format, store };
    throw usageError('contradiction', `a store is not given out as ${format}`, {
      hint: 'mapaudit export parquet --store mapaudit.duckdb -o events.parquet, or mapaudit record for a recording.',
    });
  }
  if (path === undefined) throw noFile('export', hint);
  return { format, path };
}

const noFile = (what: string, example: string): Error =>
  usageError('no-file', `${what} which recording?`, { hint: `Name the file: ${example}.` });
