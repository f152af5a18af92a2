/** The verbs of the command line. */
export type CommandName =
  | 'ps'
  | 'check'
  | 'explain'
  | 'maps'
  | 'trace'
  | 'top'
  | 'who'
  | 'grow'
  | 'break'
  | 'inspect'
  | 'watch'
  | 'advise'
  | 'race'
  | 'crash'
  | 'detach'
  | 'record'
  | 'replay'
  | 'report'
  | 'export'
  | 'serve'
  | 'go';

/** Headings under which help and docs list the flags. */
export type OptionGroup =
  | 'Which processes'
  | 'Which map'
  | 'Which operations'
  | 'What is shown of each'
  | 'How long'
  | 'How it works'
  | 'Output';

/** One flag. Its help, its page in docs/cli.md, its parsing and its type all come from here. */
export interface OptionSpec<T = unknown> {
  /** With dashes: `--map-id`. */
  readonly flag: string;
  readonly short?: string;
  /** What stands for the value in help: `PID`. Absent for flags that take none. */
  readonly value?: string;
  /** The value may be left out, and is then this; it must be written as `--flag=value`. */
  readonly whenBare?: string;
  readonly group: OptionGroup;
  readonly commands: readonly CommandName[];
  /** One or two sentences. */
  readonly help: string;
  /** More, for docs/cli.md only. */
  readonly details?: string;
  /** What differs for a command that has the flag for another purpose. */
  readonly of?: Partial<
    Record<CommandName, Partial<Pick<OptionSpec, 'group' | 'value' | 'help' | 'details' | 'parse'>>>
  >;
  /** Given twice, the values are joined with a comma; otherwise that is an error. */
  readonly list?: true;
  /** Absent for flags that take no value. Throws a usage error. */
  readonly parse?: (text: string) => T;
}

/** The value of a flag once it is parsed. */
export type ValueOf<S> = S extends { readonly parse: (text: string) => infer T } ? T : true;
