import type { CommandName } from './spec.ts';
import { RULES_COMMANDS } from './rules_options.ts';

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
  /** A third one. */
  readonly third?: { readonly name: string; readonly help: string };
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
        line: "mapaudit explain ./server --map 'map[string]*shop.Session'",
        says: 'all places that touch such maps',
      },
    ],
  },
  {
    name: 'maps',
    summary: 'list the maps of a process: how large, how full, what they waste',
    description:
      'Finds every map that the memory of a process leads to, from package variables, fields, other maps and the stacks of goroutines, and lists them with their size: entries, bytes, load, and what a new map of the same content would save. The process is not stopped, and without --observe no probe is set. With --observe it also says who writes, how often, and how fast each map grows.',
    examples: [
      { line: 'sudo mapaudit maps -p 4242', says: 'the largest maps' },
      { line: 'sudo mapaudit maps -p 4242 --sort growth --observe 30s', says: 'what is leaking?' },
      { line: 'mapaudit maps --core core.4242 --exe ./server', says: 'the maps of a core dump' },
      {
        line: "sudo mapaudit maps -p 4242 --map 'Session' --held --json",
        says: 'with what they refer to, for a script',
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
    name: 'who',
    summary: 'follow one key: who inserts, updates and deletes it',
    description:
      'Shows the life of one key as it happens: each insert, update and delete with the time since the step before, the goroutine and the stack, and a clear of the map that took it away. At the end: who touched it most.',
    examples: [
      { line: `sudo mapaudit who -p 4242 --map Session --key '"sess:91af"'`, says: 'one string key' },
      {
        line: 'sudo mapaudit who -p 4242 --map main.byID --key 42 --reads',
        says: 'a number in the map of a variable, reads too',
      },
      {
        line: `mapaudit who --from events.jsonl --key '"sess:91af"' --since 10m`,
        says: 'out of what trace --json -o has kept',
      },
    ],
  },
  {
    name: 'grow',
    summary: 'show every growth of maps, and the inserts that cause them',
    description:
      'Shows each growth with its trigger (load: too many entries; overflow: too many overflow buckets; 9th key: a small map is full; tombstones), the size before and after (buckets of a classic map, slots of a Swiss table), what was moved, how long it took, the key and the line of the insert that caused it. Classic maps: also how far a migration is, and when it has ended. Swiss maps: splits of tables and pruning. Clears are shown too. At the end: growths by map and by place. docs/grow.md explains all of it.',
    examples: [
      { line: 'sudo mapaudit grow -p 4242 --duration 1m', says: 'which maps grow, and from where?' },
      { line: 'sudo mapaudit grow -p 4242 --map main.cache.sessions --stack', says: 'one map, with stacks' },
    ],
  },
  {
    name: 'break',
    summary: 'a breakpoint that does not stop',
    description:
      'Shows everything that is known of the operations that meet a condition: key, goroutine, the whole stack, the facts in the header of the map, and the registers in which the map function got its arguments. The program is not stopped.',
    examples: [
      {
        line: "sudo mapaudit break -p 4242 --on 'delete map[string]*shop.Session' --if 'len > 1000 && goroutine == 918'",
        says: 'one goroutine that deletes from a large map',
      },
      {
        line: `sudo mapaudit break -p 4242 --on clear --if 'file == "cache.go" && !(caller =~ "Reset")' --count 1`,
        says: 'the first clear that was not expected',
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
        line: `sudo mapaudit inspect -p 4242 --expr 'main.cache.sessions' --key '"sess:91af"'`,
        says: 'the way to one key',
      },
      {
        line: "sudo mapaudit inspect -p 4242 --map 'map[string]*shop.Session' --heat",
        says: 'the only map of a type, as a picture',
      },
      {
        line: "sudo mapaudit inspect -p 4242 --address 0xc000123450 --type 'map[string]int' --json",
        says: 'by address, everything, for a script',
      },
      {
        line: "mapaudit inspect --core core.4242 --exe ./server --expr 'main.cache.sessions'",
        says: 'after a crash',
      },
    ],
  },
  {
    name: 'watch',
    summary: "say who writes to a key's slot or an address, also outside the map functions",
    description:
      "Sets the processor's own watchpoints on the slot of a key or on up to four places, in every thread of the process, and shows each write: time, goroutine, the line that did it, the value before and after. The process is not stopped. Ends at Ctrl-C, or when the program ends, with a summary.",
    examples: [
      {
        line: `sudo mapaudit watch -p 4242 --expr main.cache.sessions --key '"sess:91af"'`,
        says: 'the slot of a key, wherever the map moves it',
      },
      {
        line: `sudo mapaudit watch -p 4242 --expr main.cache.sessions --key '"sess:91af"' --field Hits`,
        says: 'one field of what the value is or points to',
      },
      { line: 'sudo mapaudit watch -p 4242 --address 0xc000123450', says: 'eight bytes there' },
      {
        line: 'sudo mapaudit watch -p 4242 --address 0xc000123450:1=control,0xc000123460=value --stack --count 10',
        says: 'two places with names, the first ten hits with stacks',
      },
    ],
  },
  {
    name: 'advise',
    summary: 'say which maps should be used another way, and how',
    description:
      'Watches how a process uses its maps for a while, reads their memory, and then says what would serve them better: each piece of advice with the line, the numbers it rests on, what it would save, and the code to write. It says nothing where that would be a guess; watch longer, and under the load that matters.',
    examples: [
      { line: 'sudo mapaudit advise -p 4242', says: 'half a minute' },
      { line: 'sudo mapaudit advise -p 4242 --observe 5m --json', says: 'longer, for a script' },
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
    name: 'race',
    summary: 'find races on maps in a running program, before they crash it',
    description:
      'Holds an operation on a map now and then for some microseconds where it begins, and sees whether another goroutine begins one on the same map meanwhile, one of the two a write. What it reports is a race, with the goroutine, the key and the stack of both sides; nothing else is called one. How much time may go into waiting is the budget. At the end: maps that several goroutines write to, and what the watch cost. Exit code 2 when a race was found.',
    examples: [
      { line: 'sudo mapaudit race -p 4242', says: 'until Ctrl-C, at one percent of its CPU time' },
      {
        line: 'sudo mapaudit race -p 4242 --budget 5% --duration 10m --sarif races.sarif',
        says: 'for a report in CI',
      },
    ],
  },
  {
    name: 'record',
    summary: 'keep everything that is seen in one file, to be looked at later',
    description:
      'Writes an evidence file: each operation as trace shows it, exact counts for each second, growth of maps, and with --races the races that are found. With --sample the counts stay exact. The file can be read up to wherever it ends, also after a kill -9 or a full disk, and an existing one is not overwritten. mapaudit replay shows it again, report makes a page of it, export gives it to other tools. docs/evidence.md describes the format.',
    examples: [
      { line: 'sudo mapaudit record -p 4242 -o incident.mapaudit --duration 60s', says: 'a minute' },
      {
        line: 'sudo mapaudit record -p 4242 --sample 1/100 --stack -o - | ssh backup "cat > incident.mapaudit"',
        says: 'one in a hundred with its stack, exact counts, to another machine',
      },
    ],
  },
  {
    name: 'replay',
    summary: 'show a recording as trace, top, who, grow, race or serve show a program',
    description:
      'Answers from an evidence file as if the program ran: the same filters, the same output, the same JSON. COMMAND is trace (also where it is left out), top, who, grow, race or serve (the page, in a browser), with the flags that it has. What was not recorded cannot be shown: that is said.',
    argument: { name: 'FILE', help: 'What mapaudit record -o FILE has written.' },
    second: { name: 'COMMAND', help: 'trace, top, who, grow, race or serve. Default: trace.' },
    examples: [
      { line: 'mapaudit replay incident.mapaudit', says: 'every operation' },
      {
        line: "mapaudit replay incident.mapaudit trace --op delete --key 'sess:*' --stack",
        says: 'filtered',
      },
      { line: 'mapaudit replay incident.mapaudit top --once', says: 'the busiest places' },
      { line: `mapaudit replay incident.mapaudit who --key '"sess:91af"'`, says: 'the life of a key' },
      {
        line: 'mapaudit replay incident.mapaudit top --speed 10',
        says: 'the live screen, ten times as fast',
      },
      {
        line: 'mapaudit replay incident.mapaudit serve',
        says: 'the page of serve, at the time of the recording',
      },
    ],
  },
  {
    name: 'report',
    summary: 'make one HTML page of a recording: what changed, when, and from where',
    description:
      'Finds where the rate of each operation changed, compares before and after by place and by what keys begin with, and puts growth, races and losses on one time line. With --profile a CPU profile in pprof form stands beside it. The page loads nothing from anywhere. With --json the same as data.',
    argument: { name: 'FILE', help: 'What mapaudit record -o FILE has written.' },
    examples: [
      { line: 'mapaudit report incident.mapaudit -o incident.html', says: 'a page' },
      {
        line: 'mapaudit report incident.mapaudit --profile cpu.pprof -o incident.html',
        says: 'with a CPU profile of the same time',
      },
    ],
  },
  {
    name: 'export',
    summary: 'give a recording to other tools: pprof, speedscope, Parquet, JSON lines',
    description:
      'pprof: one sample a place (or stack, where stacks were recorded), with the number of deletes, assigns and reads, scaled to the exact counts where events were sampled; labels tell the map type and the operation. speedscope: the same for https://www.speedscope.app. parquet: a row an event, for DuckDB, ClickHouse, pandas and the like; docs/evidence.md has its columns. jsonl: the events as trace --json prints them.',
    argument: { name: 'FORMAT', help: 'pprof, speedscope, parquet or jsonl.' },
    second: { name: 'FILE', help: 'What mapaudit record -o FILE has written.' },
    examples: [
      {
        line: 'mapaudit export pprof incident.mapaudit -o maps.pb.gz && go tool pprof -top maps.pb.gz',
        says: 'which places delete most?',
      },
      { line: 'mapaudit export jsonl incident.mapaudit -o events.jsonl', says: 'for jq and the like' },
      {
        line: 'mapaudit export parquet --store mapaudit.duckdb -o events.parquet',
        says: 'the events that a service has kept',
      },
    ],
  },
  ...RULES_COMMANDS,
  {
    name: 'serve',
    summary: 'watch programs for as long as they run: a page, an API, metrics and rules',
    description:
      'Counts every map operation of the processes that are meant, keeps what it sees, judges it by rules, and shows it: prints the address of a page, with a token that whoever opens it needs. /metrics is for Prometheus. Probes cost at most a share of the time that the program takes (--budget); what is left out for that is said. Ctrl-C ends it and takes the probes out. docs/serve.md says more.',
    examples: [
      { line: 'sudo mapaudit serve -p 4242', says: 'one process; the printed address is the page' },
      {
        line: 'sudo mapaudit serve --all --store /var/lib/mapaudit/mapaudit.duckdb',
        says: 'all Go processes, kept over restarts',
      },
      {
        line: "sudo mapaudit serve --name 'shop*' --rules rules.yaml --otlp http://127.0.0.1:4318",
        says: 'with own rules, and a collector',
      },
    ],
  },
  {
    name: 'query',
    summary: 'ask what mapaudit serve has kept',
    description:
      'Answers a question about the past from the file that mapaudit serve --store writes: deletes, assigns, accesses, clears, iterations, writes, reads, operations, growth or findings, by site, map, type, key, process, op, found, second, minute or hour, where … last 10m or since … until …, top N. Or with --sql one SELECT. While serve runs it holds the file; then --url asks the running service. docs/store.md has the language, the tables and examples.',
    argument: { name: 'QUESTION', help: "'deletes by site last 10m'; left out with --sql." },
    examples: [
      { line: "mapaudit query 'deletes by site last 10m' --store shop.duckdb", says: 'who deletes most?' },
      {
        line: "mapaudit query --sql 'SELECT op, sum(count) FROM operations_by_hour GROUP BY op' --store shop.duckdb",
        says: 'the same data with SQL',
      },
      {
        line: "mapaudit query 'findings last 1d' --url http://127.0.0.1:7777 --token TOKEN",
        says: 'from a running mapaudit serve',
      },
    ],
  },
  {
    name: 'crash',
    summary: 'show the last map operations of a program that has crashed',
    description:
      'Reads what a program left that was built with mapaudit go build and started with MAPAUDIT=record=last:N: the last N operations of each of its Ps, with key, goroutine and stack. After a fatal error (concurrent map writes), a panic or a SIGSEGV it shows those on the map that the goroutine worked on last; after a kill those on all maps. Of a core dump it reads what the kernel has dumped of the recording (with bit 3 of coredump_filter), else the file that the core names, if it is still there.',
    argument: { name: 'FILE', help: 'What it left: /dev/shm/mapaudit.PID, a copy of it, or a core dump.' },
    examples: [
      { line: 'mapaudit crash -p 4242', says: 'the pid that it had' },
      { line: 'mapaudit crash /tmp/mapaudit.4242 --stack --json', says: 'a copy, with stacks, for a script' },
      { line: 'mapaudit crash core.4242 --exe ./server', says: 'from a core dump' },
    ],
  },
  {
    name: 'detach',
    summary: 'take out the inline probe that a killed mapaudit has left in a program',
    description:
      'A mapaudit that runs takes its probes out when it ends. One that was killed leaves the jumps of --probe inline in the program, which goes on with them unharmed; this takes them out. docs/inline.md says more.',
    examples: [{ line: 'sudo mapaudit detach -p 4242', says: 'as the program was before' }],
  },
  {
    name: 'go',
    summary: 'the go command, with the hook in what it builds',
    description:
      'mapaudit go build, run, test, install and vet are those of the go command, with all their flags; the runtime that they compile has a hook in every map operation. Nothing is recorded until somebody looks: mapaudit trace and top then need no root and no kernel probe. Other builds stay as they are. With test and run, --map-races[=SHARE] makes map races, and --map-leaks[=ENTRIES] maps that only grow, fail the run, with stacks. docs/build.md and docs/races.md say more.',
    argument: { name: 'ARGS...', help: 'What the go command gets.' },
    raw: true,
    examples: [
      { line: 'mapaudit go build -o server ./cmd/server', says: 'build' },
      { line: 'mapaudit go test ./... --map-races --map-leaks', says: 'test, and look for races and leaks' },
    ],
  },
];

/** What exit codes mean. */
export const EXIT_CODES = [
  {
    code: 0,
    means:
      'Done. Also when Ctrl-C, the end of the target, or a reader that closed the pipe ended it; a second Ctrl-C ends it at once, by the signal (130; 143 of SIGTERM).',
  },
  { code: 1, means: 'It failed. The message says why and what to do.' },
  { code: 2, means: 'The command line is wrong. race: a race was found.' },
  {
    code: 3,
    means: 'check: something required is missing. rules test: an expectation of the file is not met.',
  },
  { code: 'N', means: 'go: that of the go command.' },
] as const;
