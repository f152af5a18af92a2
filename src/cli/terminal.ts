import { isatty, type WriteStream } from 'node:tty';
import type { OptionValues } from './options/table.ts';
import type { Io } from './output/io.ts';
import { FdSink, openFile } from './output/sink.ts';
import { styleOf } from './output/style.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

/**
 * The process's own input and output, as the flags want them. `mayReplace`: a file that is there may be overwritten.
 * Errors: those of `openFile`.
 */
export async function openIo(values: OptionValues, signal: AbortSignal, mayReplace = true): Promise<Io> {
  const path = values.output === '-' ? undefined : values.output;
  const toFile = path !== undefined;
  const out = path === undefined ? new FdSink(STDOUT, 'stdout') : await openFile(path, mayReplace);
  const terminal = !toFile && isatty(STDOUT);
  return {
    out,
    err: new FdSink(STDERR, 'stderr'),
    width: () => (terminal ? terminalColumns() : undefined),
    outStyle: styleOf(wantsColor(values.color, terminal)),
    errStyle: styleOf(wantsColor(values.color, isatty(STDERR))),
    json: values.json === true,
    toFile,
    interactive: isatty(STDIN) && isatty(STDOUT),
    signal,
  };
}

/** stderr alone, for what goes wrong before the flags are known. */
export function stderrOnly(args: readonly string[]): Pick<Io, 'json' | 'err' | 'errStyle'> {
  return {
    json: args.includes('--json'),
    err: new FdSink(STDERR, 'stderr'),
    errStyle: styleOf(wantsColor(undefined, isatty(STDERR))),
  };
}

/** Columns for help texts. */
export function helpColumns(): number {
  return Math.min(isatty(STDOUT) ? terminalColumns() : 100, 120);
}

/** NO_COLOR as https://no-color.org has it: set and not empty. A flag on the command line is stronger. */
function wantsColor(flag: 'auto' | 'always' | 'never' | undefined, terminal: boolean): boolean {
  if (flag === 'always' || flag === 'never') return flag === 'always';
  const { NO_COLOR: noColor = '', TERM: term } = process.env;
  return terminal && noColor === '' && term !== 'dumb';
}

/** Follows the terminal when it is resized. */
function terminalColumns(): number {
  const { columns } = process.stdout as Partial<WriteStream>;
  return columns === undefined || columns < 20 ? 80 : columns;
}
