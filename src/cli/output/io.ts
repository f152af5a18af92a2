import type { Sink } from './sink.ts';
import type { Style } from './style.ts';

/** What a command may touch of the outside world. Tests give their own. */
export interface Io {
  /** stdout, or the file of -o. */
  readonly out: Sink;
  readonly err: Sink;
  /** Columns of the terminal that `out` is, at this moment; undefined for files and pipes. */
  width(): number | undefined;
  readonly outStyle: Style;
  readonly errStyle: Style;
  /** Results as JSON lines. */
  readonly json: boolean;
  /** `out` is a file of -o. */
  readonly toFile: boolean;
  /** A live screen can be shown: stdin and stdout are a terminal. */
  readonly interactive: boolean;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}
