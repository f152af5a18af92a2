import type { CommandName } from './spec.ts';

/** A verb of the command line. */
export interface CommandSpec {
  readonly name: CommandName;
  /** One line for the list of commands. */
  readonly summary: string;
  /** A paragraph for the command's own help. */
  readonly description: string;
  /** A word that is not a flag. */
  readonly argument?: { readonly name: string; readonly help: string };
  /** A second one. */
  readonly second?: { readonly name: string; readonly help: string };
  /** All words behind it are for another program. */
  readonly raw?: true;
  readonly examples: readonly { readonly line: string; readonly says: string }[];
}

/** Every command, in the order in which a newcomer needs them. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'ps',
    summary: 'list the Go processes of this machine',
    description:
      'Lists every Go process that can be seen from here: pid, name, Go version, how its maps lie in memory (classic or swiss), container, and what can be audited.',
    examples: [
      { line: 'sudo mapaudit ps', says: 'every Go process' },
      { line: 'sudo mapaudit ps --json', says: 'one JSON object a line' },
    ],
  },
  {
    name: 'check',
    summary: 'say what can be seen of a binary or process, and what is missing',
    description:
      'Shows where each probe would go and why there, which functions the binary does not have, and what this machine and these rights still lack. Touches nothing. Exit code 3 when something required is missing.',
    argument: { name: 'FILE', help: 'A Go binary; it need not run.' },
    examples: [
      { line: 'mapaudit check ./server', says: 'a file, no privileges needed' },
      { line: 'sudo mapaudit check -p 4242', says: 'a process' },
    ],
  },
  {
    name: 'explain',
    summary: 'say which map functions the compiler chose at a place, and why',
    description:
      'Lists the map operations of a function, line or file: the runtime function that is called, the map type, what was inlined there, and why this function and no other. Reads the binary alone; symbols and debug information are not needed. With --map it lists every place of the binary that works on such maps.',
    argument: { name: 'FILE', help: 'A Go binary; left out with -p.' },
    second: {
      name: 'WHERE',
      help: 'A function (shop.(*Cache).evict), a line (cache.go:88), or a file (cache.go).',
    },
    examples: [
      { line: "mapaudit explain ./server 'shop.(*Cache).evict'", says: 'what does this function call?' },
      { line: 'sudo mapaudit explain -p 4242 cache.go:88', says: 'one line, in the binary that runs' },
      {
        line: "mapaudit explain ./server --map 'map\\[string\\]\\*shop.Session'",
        says: 'all places that touch such maps',
      },
    ],
  },
  {
    name: 'trace',
    summary: 'show map operations as they happen',
    description:
      'Shows each operation on a map in one line: time, operation, map, key, whether the key was there, entries before, goroutine and caller. Ends at Ctrl-C, or when the program ends, with a summary.',
    examples: [
      { line: 'sudo mapaudit trace -p 4242 --op delete', says: 'who deletes?' },
      {
        line: "sudo mapaudit trace -p 4242 --key 'sess:91af' --stack",
        says: 'what happens to one key, with stacks',
      },
      {
        line: 'sudo mapaudit trace --exe ./server --map Session --json -o events.jsonl',
        says: 'into a file',
      },
    ],
  },
  {
    name: 'inspect',
    summary: 'show what is in a map of a running program',
    description:
      'Shows one map: type, size, layout and state, then its entries, or with --slots and --heat how it lies in memory. The process is not stopped: what is shown is never half written, and the answer says whether it is the map as it was at one moment.',
    examples: [
      { line: "sudo mapaudit inspect -p 4242 --expr 'main.cache.sessions'", says: 'by name' },
      {
        line: "sudo mapaudit inspect -p 4242 --map 'map\\[string\\]\\*shop.Session' --heat",
        says: 'the only map of a type, as a picture',
      },
      {
        line: "sudo mapaudit inspect -p 4242 --address 0xc000123450 --type 'map[string]int' --json",
        says: 'by address, everything, for a script',
      },
    ],
  },
  {
    name: 'watch',
    summary: 'say who writes to an address, also outside the map functions',
    description:
      "Sets the processor's own watchpoints on up to four places, in every thread of the process, and shows each write: time, goroutine, the line that did it, the value before and after. The process is not stopped. Ends at Ctrl-C, or when the program ends, with a summary.",
    examples: [
      { line: 'sudo mapaudit watch -p 4242 --address 0xc000123450', says: 'eight bytes there' },
      {
        line: 'sudo mapaudit watch -p 4242 --address 0xc000123450:1=control,0xc000123460=value --stack --count 10',
        says: 'two places with names, the first ten hits with stacks',
      },
    ],
  },
  {
    name: 'top',
    summary: 'show the busiest maps and places, live',
    description:
      'A live screen of rates by site, map, type and key prefix. Counts are made in the kernel and are exact. Keys: 1-4 or tab change the view, r c n sort, / filters, space pauses, ? helps, q quits.',
    examples: [
      { line: 'sudo mapaudit top -p 4242', says: 'live' },
      { line: 'sudo mapaudit top -p 4242 --once --duration 10s --json', says: 'one snapshot for a script' },
    ],
  },
  {
    name: 'crash',
    summary: 'show the last map operations of a program that has crashed',
    description:
      'Reads what a program left that was built with mapaudit go build and started with MAPAUDIT=record=last:N: the last N operations of each of its Ps, with key, goroutine and stack. After a fatal error (concurrent map writes), a panic or a SIGSEGV it shows those on the map that the goroutine worked on last; after a kill those on all maps. It needs the binary where it was.',
    argument: { name: 'FILE', help: 'What it left: /dev/shm/mapaudit.PID, or a copy of it.' },
    examples: [
      { line: 'mapaudit crash -p 4242', says: 'the pid that it had' },
      { line: 'mapaudit crash /tmp/mapaudit.4242 --stack --json', says: 'a copy, with stacks, for a script' },
    ],
  },
  {
    name: 'go',
    summary: 'the go command, with the hook in what it builds',
    description:
      'mapaudit go build, run, test, install and vet are those of the go command, with all their flags; the runtime that they compile has a hook in every map operation. Nothing is recorded until somebody looks: mapaudit trace and top then need no root and no kernel probe. Other builds stay as they are. docs/build.md says more.',
    argument: { name: 'ARGS...', help: 'What the go command gets.' },
    raw: true,
    examples: [
      { line: 'mapaudit go build -o server ./cmd/server', says: 'build' },
      { line: 'mapaudit go test -race ./...', says: 'test' },
    ],
  },
];

/** What exit codes mean. */
export const EXIT_CODES = [
  {
    code: 0,
    means: 'Done. Also when Ctrl-C, the end of the target, or a reader that closed the pipe ended it.',
  },
  { code: 1, means: 'It failed. The message says why and what to do.' },
  { code: 2, means: 'The command line is wrong.' },
  { code: 3, means: 'check: something required is missing.' },
  { code: 'N', means: 'go: that of the go command.' },
] as const;
