import { parseAge } from '../parse/duration.ts';
import { parseListenText } from '../parse/listen.ts';
import { parsePath } from '../parse/path.ts';
import { parseStoreSize } from '../parse/size.ts';
import { parseUrl } from '../parse/url.ts';
import type { OptionSpec } from './spec.ts';

/** What `--probe` is for a service. */
export const SERVE_PROBE = {
  help: 'How operations are noticed: kernel (eBPF uprobes), inline (jumps written into a running program that is named: a small part of the cost, but its code is changed and it can notice: threads stand still for some milliseconds, system calls may end with EINTR, profiles show _ExternalCode and a SIGQUIT trace "unknown pc"; docs/inline.md), build (the hook of mapaudit go build), or auto. Default: auto, which is build where the program has the hook, else kernel. Growth is noticed by uprobes, but with inline by its events.',
} as const;

/** Flags of `serve` alone; part of the table of all. */
export const SERVE_FLAGS = {
  all: {
    flag: '--all',
    group: 'Which processes',
    commands: ['serve'],
    help: 'All Go processes of this machine: new ones within a second, for as long as they run.',
  },
  store: {
    flag: '--store',
    value: 'FILE',
    group: 'Output',
    commands: ['serve', 'query', 'export'],
    help: 'Keep what is seen in this file: mapaudit.duckdb. Default: in memory, for an hour.',
    of: {
      query: {
        group: 'How it works',
        help: 'The file that mapaudit serve --store has written. It is opened to be read alone.',
      },
      export: {
        group: 'How it works',
        help: 'In place of a recording, with parquet: the events that mapaudit serve --store has kept.',
      },
    },
    parse: parsePath('--store'),
  },
  storeSize: {
    flag: '--store-size',
    value: 'SIZE',
    group: 'Output',
    commands: ['serve'],
    help: 'About the most that --store takes of the disk: the oldest of what takes the most goes first. Default: 4G.',
    parse: parseStoreSize,
  },
  keep: {
    flag: '--keep',
    value: 'DURATION',
    group: 'Output',
    commands: ['serve'],
    help: 'Keep nothing for longer: 36h, 14d. Default: what docs/store.md says for each kind.',
    parse: parseAge,
  },
  listen: {
    flag: '--listen',
    value: 'HOST:PORT',
    group: 'Output',
    commands: ['serve', 'replay'],
    help: 'Where the page, the API and /metrics are. Default: 127.0.0.1:7777, which this machine alone can reach.',
    details:
      'Port 0 takes one that is free. Whoever can reach it needs the token of the printed address; only /metrics on a loopback address needs none. There is no TLS: put a proxy before it, or a tunnel (ssh -L), where it is to be reached from elsewhere.',
    parse: parseListenText,
  },
  rules: {
    flag: '--rules',
    value: 'FILE',
    group: 'How it works',
    commands: ['serve', 'replay'],
    of: {
      replay: {
        help: 'Of serve: rules, in YAML; their actions are not done. Default: the rules that mapaudit has.',
      },
    },
    help: 'Rules and actions, in YAML. Default: the rules that mapaudit has; docs/rules.md.',
    parse: parsePath('--rules'),
  },
  otlp: {
    flag: '--otlp',
    value: 'URL',
    group: 'Output',
    commands: ['serve'],
    help: 'Also send metrics and logs to an OpenTelemetry collector (OTLP over HTTP): http://127.0.0.1:4318.',
    parse: parseUrl('--otlp'),
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** What `--races` is for `serve`. */
export const SERVE_RACES = {
  group: 'How it works',
  help: 'Also look for races, as mapaudit race does, within the same share of CPU time once more.',
} as const;

/** What `--budget` is for `serve`. */
export const SERVE_BUDGET = {
  help: "How much of the program's CPU time the probes may take: 0.5%, 5%. Default: 1%.",
  details:
    'Measured all the time. When it is more, less is looked at, and the page says so: first fewer operations become events, then events have no keys, then reads are not counted, and last nothing is, for a while. A program that takes less than a whole CPU counts as if it took one.',
} as const;
