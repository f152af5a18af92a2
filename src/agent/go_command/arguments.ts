/** A flag of the go command, as it was typed. */
export interface GoFlag {
  /** Without dashes: `overlay`. */
  readonly name: string;
  /** Undefined for a flag that stands alone. */
  readonly value: string | undefined;
  /** The words that it takes, and where the first of them stands in `words` of the call. */
  readonly words: readonly string[];
  readonly at: number;
}

/** A command line of the go command, understood as far as it has to be. */
export interface GoCall {
  /** Directory of `-C`. */
  readonly directory: string | undefined;
  /** `build`; undefined when there is none. */
  readonly verb: string | undefined;
  /** Words up to where flags of the verb may stand; `-C` must be the first of them. */
  readonly head: readonly string[];
  /** All words behind those. */
  readonly words: readonly string[];
  readonly flags: readonly GoFlag[];
  /** Packages, and for `run` and `test` what their programs get. */
  readonly rest: readonly string[];
}

/** Flags that take the next word as their value when they have no `=`. Source: the flags of cmd/go (AddBuildFlags, testflag.go), Go 1.18–1.27. */
const WITH_VALUE = new Set(
  (
    'C asmflags buildmode compiler covermode coverpkg coverprofile exec gccgoflags gcflags installsuffix ldflags mod ' +
    'modfile o outputdir overlay p pgo pkgdir tags toolexec vettool bench benchtime blockprofile blockprofilerate ' +
    'count cpu cpuprofile fuzz fuzztime fuzzminimizetime list memprofile memprofilerate mutexprofile ' +
    'mutexprofilefraction parallel run shuffle skip timeout trace vet'
  ).split(' '),
);

/** Reads the words behind `mapaudit go`. Nothing is refused here: what the go command does not like, it says itself. */
export function parseGoCall(args: readonly string[]): GoCall {
  const before = directoryAt(args, 0);
  const verb = args[before.words];
  const behind = directoryAt(args, before.words + 1);
  const start = Math.min(args.length, before.words + 1 + behind.words);
  const words = args.slice(start);
  const directory = before.directory ?? behind.directory;
  return { directory, verb, head: args.slice(0, start), words, ...flagsOf(verb, words) };
}

/** The words behind the head without those of some flags, in their order. */
export function wordsWithout({ words, flags }: GoCall, ...names: readonly string[]): readonly string[] {
  const gone = new Set<number>();
  for (const flag of flags)
    if (names.includes(flag.name)) flag.words.forEach((_, i) => gone.add(flag.at + i));
  return words.filter((_, at) => !gone.has(at));
}

/** The last value of a flag: that is the one that counts. */
export const flagValue = ({ flags }: GoCall, name: string): string | undefined =>
  flags.findLast((flag) => flag.name === name)?.value;

export const hasFlag = ({ flags }: GoCall, name: string): boolean =>
  flags.some((flag) => flag.name === name && flag.value !== 'false');

function directoryAt(args: readonly string[], at: number): { directory?: string; words: number } {
  const word = args[at] ?? '';
  const [, joined] = /^--?C=(.*)$/s.exec(word) ?? [];
  if (joined !== undefined) return { directory: joined, words: 1 };
  const next = args[at + 1];
  return /^--?C$/.test(word) && next !== undefined ? { directory: next, words: 2 } : { words: 0 };
}

function flagsOf(
  verb: string | undefined,
  words: readonly string[],
): { flags: readonly GoFlag[]; rest: readonly string[] } {
  const flags: GoFlag[] = [];
  const rest: string[] = [];
  for (let at = 0; at < words.length;) {
    const flag = flagAt(words, at);
    // Only `go test` understands flags behind packages, up to -args.
    const ends = flag === undefined ? verb !== 'test' || words[at] === '--' : flag.name === 'args';
    if (ends) return { flags, rest: [...rest, ...words.slice(at)] };
    if (flag === undefined) rest.push(words[at] ?? '');
    else flags.push(flag);
    at += flag?.words.length ?? 1;
  }
  return { flags, rest };
}

function flagAt(words: readonly string[], at: number): GoFlag | undefined {
  const [word = '', next] = words.slice(at, at + 2);
  const [, name, value] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  if (name === undefined) return undefined;
  const plain = name.replace(/^test\./, '');
  if (value === undefined && WITH_VALUE.has(plain) && next !== undefined)
    return { name: plain, value: next, words: [word, next], at };
  return { name: plain, value, words: [word], at };
}
