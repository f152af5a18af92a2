import { notEmpty } from '../parse/path.ts';
import type { OptionSpec } from './spec.ts';

/** Flags of `query`. */
export const QUERY_FLAGS = {
  sql: {
    flag: '--sql',
    value: 'TEXT',
    group: 'How it works',
    commands: ['query'],
    help: 'One SELECT in place of a question. It can read the store and nothing else.',
    parse: notEmpty('--sql'),
  },
  url: {
    flag: '--url',
    value: 'URL',
    group: 'How it works',
    commands: ['query'],
    help: 'Ask a running mapaudit serve: --url http://127.0.0.1:7777.',
    parse: notEmpty('--url'),
  },
  token: {
    flag: '--token',
    value: 'TOKEN',
    group: 'How it works',
    commands: ['query'],
    help: 'The token that mapaudit serve has printed. Default: MAPAUDIT_TOKEN of the environment, which other users cannot see.',
    parse: notEmpty('--token'),
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;
