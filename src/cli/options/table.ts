import { EFFECT_MODES, PROBE_KINDS } from '../../protocol/options.ts';
import { WATCH_ACCESSES } from '../../protocol/watch.ts';
import { oneOf } from '../parse/choice.ts';
import { parseDuration } from '../parse/duration.ts';
import { globOf } from '../parse/glob.ts';
import { parseKeys } from '../parse/keys.ts';
import { parseMapId } from '../parse/map_id.ts';
import { parseLimit, parseSample, wholeNumber } from '../parse/number.ts';
import { parseOps } from '../parse/ops.ts';
import { notEmpty, parsePath } from '../parse/path.ts';
import { parsePid } from '../parse/pid.ts';
import { parseLength, parsePlaces } from '../parse/places.ts';
import { regexOf } from '../parse/regex.ts';
import { parseRingSize } from '../parse/size.ts';
import type { CommandName, OptionSpec, ValueOf } from './spec.ts';

const RUNS: readonly CommandName[] = ['trace', 'top'];
const SELECTS: readonly CommandName[] = ['check', 'trace', 'top'];
const READS: readonly CommandName[] = ['explain'];
const ALL: readonly CommandName[] = ['ps', 'check', 'explain', 'trace', 'top', 'inspect', 'watch', 'crash'];

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
    commands: [...SELECTS, ...READS, 'inspect', 'watch', 'crash'],
    help: 'This process. mapaudit ps lists them.',
    parse: parsePid,
  },
  exe: {
    flag: '--exe',
    value: 'PATH',
    group: 'Which processes',
    commands: SELECTS,
    help: 'All processes that run this binary, new ones too.',
    parse: parsePath('--exe'),
  },
  name: {
    flag: '--name',
    value: 'GLOB',
    group: 'Which processes',
    commands: SELECTS,
    help: "All Go processes with such a name: --name 'shop*'.",
    parse: globOf('--name'),
  },
  op: {
    flag: '--op',
    value: 'LIST',
    group: 'Which operations',
    commands: RUNS,
    list: true,
    help: 'delete, assign, clear, grow, access, iterate, joined by commas, or all. Default: delete,assign,clear,grow.',
    details:
      'Reads are many: `access` and `iterate` are traced only when asked for. `grow` is the runtime making a map larger inside an assign. Also understood: `writes` (delete, assign, clear), `insert` and `update` (assign), `read` (access), `range` (iterate).',
    parse: parseOps,
  },
  map: {
    flag: '--map',
    value: 'REGEX',
    group: 'Which operations',
    commands: [...RUNS, ...READS, 'inspect'],
    help: "Maps whose type matches: --map 'Session'.",
    details:
      'A JavaScript regular expression, found anywhere in the type as Go writes it: `map[string]*shop.Session`. Each type is decided once; after that the kernel drops the others.',
    of: {
      inspect: {
        group: 'Which map',
        value: 'ID',
        help: "One map of those that are found: its address as mapaudit maps shows it, its name, its type, or a regular expression that only one of them matches: --map 'Session'.",
        details:
          'Addresses stay as long as the map lives. Numbers (`#3`) are of a run of trace or top and are not understood.',
      },
    },
    parse: regexOf('--map'),
  },
  expr: {
    flag: '--expr',
    value: 'EXPR',
    group: 'Which map',
    commands: ['inspect'],
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
    commands: RUNS,
    help: 'The map with this number or address, as the output shows it: 3, 0xc000123450.',
    details:
      'Numbers are given in the order in which maps are first seen, and hold for one run; addresses (in JSON output) for as long as the map lives.',
    parse: parseMapId,
  },
  site: {
    flag: '--site',
    value: 'REGEX',
    group: 'Which operations',
    commands: RUNS,
    help: 'Operations called from a matching place, function file:line.',
    parse: regexOf('--site'),
  },
  key: {
    flag: '--key',
    value: 'GLOB',
    group: 'Which operations',
    commands: RUNS,
    help: "Operations on matching keys: --key 'sess:*'.",
    details:
      'For string keys the glob is compared with the string itself, without quotes; for other keys with their Go syntax. A literal and a prefix (`sess:*`) are decided in the kernel and cost the least; other globs are decided after the event was sent.',
    parse: globOf('--key'),
  },
  goid: {
    flag: '--goid',
    value: 'N',
    group: 'Which operations',
    commands: RUNS,
    help: 'Operations of this goroutine. Decided in the kernel.',
    parse: wholeNumber('goroutine id', 0),
  },
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
  length: {
    flag: '--length',
    value: 'N',
    group: 'Which operations',
    commands: ['watch'],
    help: 'Bytes of each place that has no length of its own: 1, 2, 4 or 8. Default: 8.',
    parse: parseLength,
  },
  for: {
    flag: '--for',
    value: 'ACCESS',
    group: 'Which operations',
    commands: ['watch'],
    help: 'write, or rw for reads and writes (processors know no watchpoint for reads alone). Default: write.',
    parse: oneOf('kind of access', WATCH_ACCESSES),
  },
  sample: {
    flag: '--sample',
    value: '1/N',
    group: 'What is shown of each',
    commands: ['trace'],
    help: 'Show one operation in N, drawn by chance. The summary says how many were left out.',
    parse: parseSample,
  },
  stack: {
    flag: '--stack',
    value: 'DEPTH',
    whenBare: '16',
    group: 'What is shown of each',
    commands: ['trace', 'watch', 'crash'],
    help: `Show the stack, 16 frames or as many as said (at most ${DEEPEST_STACK}): --stack=32.`,
    parse: wholeNumber('stack depth', 1, DEEPEST_STACK),
  },
  keys: {
    flag: '--keys',
    value: 'HOW',
    group: 'What is shown of each',
    commands: RUNS,
    help: 'full, prefix:N, hash or none. Keys can be secrets. Default: full.',
    details:
      '`prefix:N` shows the first N bytes. `hash` shows a number in place of the key: equal keys have equal numbers within one run, with a secret that is new for each run. With `none` no key leaves the program.',
    parse: parseKeys,
  },
  effects: {
    flag: '--effects',
    value: 'HOW',
    group: 'What is shown of each',
    commands: RUNS,
    help: 'How FOUND is learnt: exit (a second probe at the end of each write: certain, costs a second hit), off, auto. Default: auto, which is exit.',
    details:
      'Whether a delete found its key, and whether an assign inserted or replaced, is read from the number of entries before and after. `exit` reads it again at the end of the same operation. Where that does not tell, FOUND stays empty: it is never guessed.',
    parse: oneOf('way to learn effects', EFFECT_MODES),
  },
  slots: {
    flag: '--slots',
    group: 'What is shown of each',
    commands: ['inspect'],
    help: 'Slot by slot: control bytes (or tophashes), empty slots and tombstones too.',
  },
  heat: {
    flag: '--heat',
    group: 'What is shown of each',
    commands: ['inspect'],
    help: 'A picture of all buckets or groups: how full they are, tombstones, overflow chains, what is evacuated.',
  },
  limit: {
    flag: '--limit',
    value: 'N',
    group: 'What is shown of each',
    commands: ['inspect'],
    help: 'So many entries (with --slots: buckets or groups), or all. Default: 50 (with --slots 16), with --json all.',
    parse: parseLimit,
  },
  depth: {
    flag: '--depth',
    value: 'N',
    group: 'What is shown of each',
    commands: ['inspect'],
    help: 'Follow so many pointers one after the other in a value. Default: 2; with 0 pointers are shown as addresses.',
    parse: wholeNumber('number of pointers', 0, 64),
  },
  maxString: {
    flag: '--max-string',
    value: 'N',
    group: 'What is shown of each',
    commands: ['inspect'],
    help: 'Show so many bytes of each string. Default: 256.',
    parse: wholeNumber('number of bytes', 0, 1 << 24),
  },
  maxItems: {
    flag: '--max-items',
    value: 'N',
    group: 'What is shown of each',
    commands: ['inspect'],
    help: 'Show so many elements of each slice, and entries of each map that is a value. Default: 16.',
    parse: wholeNumber('number of elements', 0, 1 << 20),
  },
  timeout: {
    flag: '--timeout',
    value: 'TIME',
    group: 'How long',
    commands: ['inspect'],
    help: 'Wait so long, in all, for parts of the map that are being written to. Default: 10s.',
    details:
      'Reading takes as long as the map is large; this is the time lost to writers alone. After it, what does not hold still at once is left out, counted, and said.',
    parse: parseDuration,
  },
  duration: {
    flag: '--duration',
    value: 'TIME',
    group: 'How long',
    commands: [...RUNS, 'watch'],
    help: 'End after this time: 500ms, 10s, 1m30s. Default: until Ctrl-C.',
    parse: parseDuration,
  },
  count: {
    flag: '--count',
    value: 'N',
    group: 'How long',
    commands: ['trace', 'watch', 'crash'],
    help: 'End after N events.',
    of: { crash: { group: 'What is shown of each', help: 'The last N events. Default: all that are left.' } },
    parse: wholeNumber('number of events', 1),
  },
  once: {
    flag: '--once',
    group: 'How long',
    commands: ['top'],
    help: 'Count for --duration (default 5s), print one table and end. Needs no terminal.',
  },
  interval: {
    flag: '--interval',
    value: 'TIME',
    group: 'How long',
    commands: ['top'],
    help: 'Time between two refreshes. Default: 1s.',
    parse: parseDuration,
  },
  probe: {
    flag: '--probe',
    value: 'KIND',
    group: 'How it works',
    commands: RUNS,
    help: 'How operations are noticed: kernel (eBPF uprobes), build (the hook of mapaudit go build; needs no root), or auto. Default: auto, which is build where the program has the hook.',
    parse: oneOf('probe', PROBE_KINDS),
  },
  ring: {
    flag: '--ring',
    value: 'SIZE',
    group: 'How it works',
    commands: RUNS,
    help: 'Size of the buffer between kernel and mapaudit, for each CPU: 512K, 4M. Larger when events are lost.',
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
