import { EFFECT_MODES, PROBE_KINDS } from '../../protocol/options.ts';
import { oneOf } from '../parse/choice.ts';
import { parseDuration } from '../parse/duration.ts';
import { globOf } from '../parse/glob.ts';
import { parseKeys } from '../parse/keys.ts';
import { parseMapId } from '../parse/map_id.ts';
import { parseSample, wholeNumber } from '../parse/number.ts';
import { parseOps } from '../parse/ops.ts';
import { notEmpty, parsePath } from '../parse/path.ts';
import { parsePid } from '../parse/pid.ts';
import { parsePlaces } from '../parse/places.ts';
import { parseMapName, parseMapOrType, parseMapPattern } from '../parse/map_name.ts';
import { regexOf } from '../parse/regex.ts';
import { parseRingSize } from '../parse/size.ts';
import { BREAK_OPTIONS } from './break_options.ts';
import { EVIDENCE_FLAGS, OUTPUT_OF_RECORD } from './evidence_flags.ts';
import { INSPECT_FLAGS } from './inspect_flags.ts';
import { LABEL_FLAGS } from './label_flags.ts';
import { MAPS_FLAGS } from './maps_flags.ts';
import { QUERY_FLAGS } from './query_flags.ts';
import { RACE_FLAGS, RACE_MAP, RACE_PROBE } from './race_flags.ts';
import { SERVE_FLAGS, SERVE_PROBE } from './serve_flags.ts';
import { RULES_FLAGS } from './rules_flags.ts';
import { WATCH_FLAGS } from './watch_flags.ts';
import { WHO_FLAGS } from './who_flags.ts';
import type { CommandName, OptionSpec, ValueOf } from './spec.ts';

const RUNS: readonly CommandName[] = ['trace', 'top'];
/** Those that look at operations while they happen, and what shows them again. */
const LOOKS: readonly CommandName[] = [...RUNS, 'record', 'replay'];
/** Those that follow something until something ends them. */
const KNOW: readonly CommandName[] = ['who', 'grow', 'break'];
const SELECTS: readonly CommandName[] = ['check', 'maps', 'record', ...RUNS, ...KNOW];
const READS: readonly CommandName[] = ['explain'];
/** What can be asked of a core dump. */
const CORES: readonly CommandName[] = ['inspect', 'maps'];
/** Those of one process alone. */
const ONE: readonly CommandName[] = ['inspect', 'watch', 'advise', 'race', 'crash', 'detach'];
const ALL: readonly CommandName[] = [
  ...(['ps', 'replay', 'report', 'export', 'serve', 'query', 'rules', 'dashboards'] as const),
  ...SELECTS,
  ...READS,
  ...ONE,
];

/** `--map` of commands that follow a process for the sake of a map. */
const ONE_MAP = {
  value: 'MAP',
  help: "Maps whose type matches (--map 'Session'), or one map: --map main.cache.sessions, 0xc000123450, '#3'.",
  details:
    'A regular expression as in `trace`; of one process (-p) a variable that holds the map, as in expressions of Go, or its name as `maps` shows it (`(*shop.Cache).sessions`); its address; or its number in the output.',
  parse: parseMapName,
} as const;

/** `--map` of commands that look at one map of those that are there. */
const MAP_ID = {
  group: 'Which map',
  value: 'ID',
  help: "One map of those that are found: its address as mapaudit maps shows it, its name, its type, or a regular expression that only one of them matches: --map 'Session'.",
  details:
    'Addresses stay as long as the map lives. Numbers (`#3`) are of a run of trace or top and are not understood.',
  parse: parseMapOrType,
} as const;

const COLOR_MODES = ['auto', 'always', 'never'] as const;

/** Deepest stack that the kernel program walks. */
const DEEPEST_STACK = 64;

/** Every flag of mapaudit. Flags, help texts and docs/cli.md come from this table and nowhere else. */
export const OPTIONS = {
  pid: {
    flag: '--pid',
    short: '-p',
    value: 'PID',
    group: 'Which processes',
    commands: [...SELECTS, ...READS, ...ONE, 'replay', 'serve'],
    help: 'This process. mapaudit ps lists them.',
    of: { replay: { help: 'Only what this process did.' } },
    parse: parsePid,
  },
  exe: {
    flag: '--exe',
    value: 'PATH',
    group: 'Which processes',
    commands: [...SELECTS, 'inspect', 'crash'],
    help: 'All processes that run this binary, new ones too.',
    of: {
      crash: { value: 'FILE', help: 'The program that ran, if it is not where it was any more.' },
      maps: {
        help: 'All processes that run this binary; with --core the program that the core dump is of.',
        details:
          'Of a core dump it must be the file that ran, or one with the same build id. Default: the one that the core names.',
      },
      inspect: {
        value: 'FILE',
        help: 'The program that the core dump is of. Default: the one that the core names.',
        details:
          'It must be the file that ran, or one with the same build id: where `strip` was used, the file from before tells names. Another one is refused.',
      },
    },
    parse: parsePath('--exe'),
  },
  name: {
    flag: '--name',
    value: 'GLOB',
    group: 'Which processes',
    commands: [...SELECTS, 'serve'],
    help: "All Go processes with such a name: --name 'shop*'.",
    parse: globOf('--name'),
  },
  op: {
    flag: '--op',
    value: 'LIST',
    group: 'Which operations',
    commands: LOOKS,
    list: true,
    help: 'delete, assign, clear, grow, access, iterate, joined by commas, or all. Default: delete,assign,clear,grow.',
    details:
      'Reads are many: `access` and `iterate` are traced only when asked for. `grow` is the runtime making a map larger inside an assign. Also understood: `writes` (delete, assign, clear), `insert` and `update` (assign), `read` (access), `range` (iterate).',
    parse: parseOps,
  },
  sync: {
    flag: '--sync',
    group: 'Which operations',
    commands: [...RUNS, 'record', 'check'],
    help: 'Also the methods of sync.Map, each under the word of --op that it stands for.',
    details:
      'Load is `access`; Store, Swap, LoadOrStore and CompareAndSwap are `assign`; Delete, LoadAndDelete and CompareAndDelete are `delete`; Range is `iterate`; Clear is `clear`. `function` tells the method. What a method does to plain maps (before Go 1.24) is then a part of it and not shown by itself. Calls that profile-guided optimisation has put into their callers whole are not seen.',
    of: { check: { group: 'Which operations', help: 'Also where the methods of sync.Map would be probed.' } },
  },
  map: {
    flag: '--map',
    value: 'REGEX',
    group: 'Which operations',
    commands: [...LOOKS, ...READS, 'maps', 'who', 'grow', 'inspect', 'watch', 'advise', 'race'],
    help: "Maps whose type matches: --map 'Session'.",
    details:
      'A JavaScript regular expression, found anywhere in the type as Go writes it; what begins with `map[`, as in `map[string]*shop.Session`, and has no backslash, stands for itself. Each type is decided once; after that the kernel drops the others. `maps` also looks for it in the name (`main.cache.sessions`) and the owner (`(*shop.Cache).sessions`).',
    of: {
      who: ONE_MAP,
      grow: ONE_MAP,
      race: RACE_MAP,
      inspect: MAP_ID,
      watch: MAP_ID,
    },
    parse: parseMapPattern,
  },
  core: {
    flag: '--core',
    value: 'FILE',
    group: 'Which processes',
    commands: CORES,
    help: 'A core dump in place of a process: one that the kernel wrote, or gcore -o core PID.',
    details:
      'A Go program writes one when it ends by a signal or a panic, if it is started with `GOTRACEBACK=crash` and `ulimit -c unlimited`.',
    parse: parsePath('--core'),
  },
  expr: {
    flag: '--expr',
    value: 'EXPR',
    group: 'Which map',
    commands: ['inspect', 'watch'],
    help: "A variable and what leads from it to the map, in Go's syntax: --expr 'main.cache.sessions'.",
    details:
      'Selectors, `*p`, indexes of slices, arrays and maps (`main.byUser["anna"].carts`), type assertions (`main.store.(*shop.Cache).items`), and `(*shop.Cache)(0xc000123450)`. Package variables are written with the package\'s name or path. Needs debug information (DWARF).',
    parse: notEmpty('--expr'),
  },
  type: {
    flag: '--type',
    value: 'TYPE',
    group: 'Which map',
    commands: ['inspect'],
    help: "Of the map at --address: its type, or a regular expression that only one map type of the program matches: --type 'map[string]int'.",
    parse: notEmpty('--type'),
  },
  mapId: {
    flag: '--map-id',
    value: 'ID',
    group: 'Which operations',
    commands: LOOKS,
    help: 'The map with this number or address, as the output shows it: 3, 0xc000123450.',
    details:
      'Numbers are given in the order in which maps are first seen, and hold for one run; addresses (in JSON output) for as long as the map lives.',
    parse: parseMapId,
  },
  site: {
    flag: '--site',
    value: 'REGEX',
    group: 'Which operations',
    commands: LOOKS,
    help: 'Operations called from a matching place, function file:line.',
    parse: regexOf('--site'),
  },
  key: {
    flag: '--key',
    value: 'GLOB',
    group: 'Which operations',
    commands: [...LOOKS, 'who', 'inspect', 'watch'],
    help: "Operations on matching keys: --key 'sess:*', --key 42, --key 'main.P{X: 1}'.",
    details:
      'What Go takes as a literal is one key, compared by its value, however it is written: a number, a rune, true, false, nil, a text between quotes (as the output shows it), `T(x)`, `T{…}` or `{…}`. In maps with string keys a number or a word is the text itself. All else is a glob: for string keys it is compared with the string itself, without quotes; for other keys with their Go syntax. A text between quotes and a prefix (`sess:*`) are decided in the kernel and cost the least; most others are decided after the event was sent.',
    of: {
      inspect: {
        group: 'What is shown of each',
        value: 'KEY',
        help: 'The way to one key, as the program takes it: hash, bucket or group, each slot compared, where it ends and why: --key \'"sess:91af"\'.',
        details: 'Written as in Go: "text", 42, 1.5, true, main.Point{X: 1, Y: 2}, [2]int{1, 2}.',
      },
      watch: {
        group: 'Which map',
        value: 'KEY',
        help: 'Watch the slot of this key, wherever the map moves it: tophash or control byte, value, and what a pointer or slice as value points to: --key \'"sess:91af"\'.',
        details: 'Written as in Go: "text", 42, 1.5, true, main.Point{X: 1, Y: 2}, [2]int{1, 2}.',
      },
    },
    parse: notEmpty('--key'),
  },
  goid: {
    flag: '--goid',
    value: 'N',
    group: 'Which operations',
    commands: LOOKS,
    help: 'Operations of this goroutine. Decided in the kernel.',
    parse: wholeNumber('goroutine id', 0),
  },
  reads: {
    flag: '--reads',
    group: 'Which operations',
    commands: ['who', 'replay'],
    help: 'Also who reads the key.',
  },
  ...BREAK_OPTIONS,
  address: {
    flag: '--address',
    value: 'LIST',
    group: 'Which operations',
    commands: ['watch', 'inspect'],
    list: true,
    help: 'What to watch, up to four places joined by commas: 0xc000123450, or with length and name 0xc000123450:4=hits.',
    details:
      'A thread of an x86 processor has four watchpoints. An address must be a multiple of its length; the name stands in the output in place of the address.',
    of: {
      inspect: {
        group: 'Which map',
        value: 'ADDRESS',
        help: 'The map whose header lies there: 0xc000123450. Its type is known when something leads to it; otherwise add --type.',
        details: 'Trace events and `mapaudit maps` have this address.',
      },
    },
    parse: parsePlaces,
  },
  ...WATCH_FLAGS,
  ...MAPS_FLAGS,
  ...LABEL_FLAGS,
  sample: {
    flag: '--sample',
    value: '1/N',
    group: 'What is shown of each',
    commands: ['trace', 'record'],
    help: 'Show one operation in N, drawn by chance. The summary says how many were left out.',
    details: 'Through the inline probe and the hook no growth is left out.',
    parse: parseSample,
  },
  stack: {
    flag: '--stack',
    value: 'DEPTH',
    whenBare: '16',
    group: 'What is shown of each',
    commands: ['trace', 'record', 'replay', ...KNOW, 'watch', 'race', 'crash'],
    help: `Show the stack, 16 frames or as many as said (at most ${DEEPEST_STACK}): --stack=32.`,
    details: '`who` and `race` show it always, and `break` all of it.',
    parse: wholeNumber('stack depth', 1, DEEPEST_STACK),
  },
  keys: {
    flag: '--keys',
    value: 'HOW',
    group: 'What is shown of each',
    commands: [...RUNS, 'record', ...KNOW, 'race', 'serve'],
    help: 'full, prefix:N, hash or none. Keys can be secrets. Default: full.',
    details:
      '`prefix:N` shows the first N bytes of each string and of each array of numbers ([16]byte), inside of structs and interfaces too; single numbers are shown whole. `hash` shows a number in place of the key, made with a secret that is new for each run: equal keys have equal numbers within one run; those of keys too long to be captured whole are marked (`…`, in JSON "truncated"), and keys that differ only behind that share one. With `none` no key leaves the program.',
    parse: parseKeys,
  },
  effects: {
    flag: '--effects',
    value: 'HOW',
    group: 'What is shown of each',
    commands: [...RUNS, 'record'],
    help: 'How FOUND is learnt: exit (a second probe at the end of each write: certain, costs a second hit), off, auto. Default: auto, which is exit.',
    details:
      'Whether a delete found its key, and whether an assign inserted or replaced, is read from the number of entries before and after. `exit` reads it again at the end of the same operation. Where that does not tell, FOUND stays empty: it is never guessed.',
    parse: oneOf('way to learn effects', EFFECT_MODES),
  },
  ...INSPECT_FLAGS,
  duration: {
    flag: '--duration',
    value: 'TIME',
    group: 'How long',
    commands: [...LOOKS, ...KNOW, 'watch', 'race'],
    help: 'End after this time: 500ms, 10s, 1m30s. Default: until Ctrl-C.',
    parse: parseDuration,
  },
  count: {
    flag: '--count',
    value: 'N',
    group: 'How long',
    commands: ['trace', 'record', 'replay', ...KNOW, 'watch', 'race', 'crash'],
    help: 'End after N events.',
    of: { crash: { group: 'What is shown of each', help: 'The last N events. Default: all that are left.' } },
    parse: wholeNumber('number of events', 1),
  },
  once: {
    flag: '--once',
    group: 'How long',
    commands: ['top', 'replay'],
    help: 'Count for --duration (default 5s), print one table and end. Needs no terminal.',
  },
  interval: {
    flag: '--interval',
    value: 'TIME',
    group: 'How long',
    commands: ['top', 'replay'],
    help: 'Time between two refreshes. Default: 1s.',
    parse: parseDuration,
  },
  probe: {
    flag: '--probe',
    value: 'KIND',
    group: 'How it works',
    commands: [...RUNS, 'record', ...KNOW, 'maps', 'race', 'serve'],
    help: 'How operations are noticed: kernel (eBPF uprobes), inline (jumps written into the running program: a small part of the cost, but its code is changed and it can notice: threads stand still for some milliseconds, system calls may end with EINTR, profiles show _ExternalCode and a SIGQUIT trace "unknown pc"; docs/inline.md), build (the hook of mapaudit go build; needs no root), or auto. Default: auto, which is build where the program has the hook, else kernel.',
    of: { race: RACE_PROBE, serve: SERVE_PROBE },
    parse: oneOf('probe', PROBE_KINDS),
  },
  ...RACE_FLAGS,
  ...WHO_FLAGS,
  ...EVIDENCE_FLAGS,
  ...SERVE_FLAGS,
  ...QUERY_FLAGS,
  ...RULES_FLAGS,
  ring: {
    flag: '--ring',
    value: 'SIZE',
    group: 'How it works',
    commands: [...RUNS, 'record', ...KNOW, 'race', 'serve'],
    help: 'Size of the buffer in which events wait for mapaudit, for each CPU (of --probe inline and build: for each P): 512K, 4M. Larger when events are lost.',
    parse: parseRingSize,
  },
  json: {
    flag: '--json',
    group: 'Output',
    commands: ALL,
    help: 'JSON lines, on stderr too. docs/json.md describes them.',
  },
  output: {
    flag: '--output',
    short: '-o',
    value: 'FILE',
    group: 'Output',
    commands: ALL,
    help: 'Write to this file and not to stdout.',
    of: { record: OUTPUT_OF_RECORD },
    parse: parsePath('-o'),
  },
  color: {
    flag: '--color',
    value: 'WHEN',
    whenBare: 'always',
    group: 'Output',
    commands: ALL,
    help: 'auto, always or never. Default: auto, which is never when NO_COLOR is set or the output is no terminal.',
    parse: oneOf('way to colour', COLOR_MODES),
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export type OptionName = keyof typeof OPTIONS;

/** What was typed, parsed; flags that were not given are absent. */
export type OptionValues = { readonly [K in OptionName]?: ValueOf<(typeof OPTIONS)[K]> };

/** The flags of one command, in the order of the table. */
export function optionsOf(command: CommandName): readonly OptionSpec[] {
  return Object.values<OptionSpec>(OPTIONS)
    .filter((option) => option.commands.includes(command))
    .map((option) => ({ ...option, ...option.of?.[command] }));
}

/** `-p, --pid PID`, `--stack[=DEPTH]`. */
export function usageOf(option: OptionSpec): string {
  const value =
    option.value === undefined
      ? ''
      : option.whenBare === undefined
        ? ` ${option.value}`
        : `[=${option.value}]`;
  return `${option.short === undefined ? '' : `${option.short}, `}${option.flag}${value}`;
}
