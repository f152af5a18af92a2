import { WATCH_ACCESSES, WATCH_PARTS } from '../../protocol/watch.ts';
import { oneOf, wordsOf } from '../parse/choice.ts';
import { wholeNumber } from '../parse/number.ts';
import { notEmpty } from '../parse/path.ts';
import type { OptionSpec } from './spec.ts';

/** No part of an entry has more bytes. */
const MOST_BYTES = 2 ** 32;

/** The flags that `watch` has; part of the table of all. */
export const WATCH_FLAGS = {
  part: {
    flag: '--part',
    value: 'LIST',
    group: 'Which map',
    commands: ['watch'],
    list: true,
    help: 'What of the entry of --key to watch, joined by commas, the first first: elem, pointee (what the value points to, or the items of a slice), key, control (tophash or control byte).',
    details:
      'There are four watchpoints of up to eight bytes. Default: the control byte, and the others over the value and what it points to; the output says which bytes are watched and which are not.',
    parse: wordsOf('part of an entry', WATCH_PARTS),
  },
  field: {
    flag: '--field',
    value: 'PATH',
    group: 'Which map',
    commands: ['watch'],
    help: 'Watch this field or item of the value of --key, or of what it points to: --field Hits, --field Addr.City, --field [2].',
    parse: notEmpty('--field'),
  },
  offset: {
    flag: '--offset',
    value: 'N',
    group: 'Which map',
    commands: ['watch'],
    help: 'Watch the value of --key (or its --part, or --field) from this byte on.',
    parse: wholeNumber('number of bytes', 0, MOST_BYTES),
  },
  length: {
    flag: '--length',
    value: 'N',
    group: 'Which operations',
    commands: ['watch'],
    help: 'Bytes of each --address that has no length of its own: 1, 2, 4 or 8 (default: 8). With --key: so many bytes of its value, --part or --field.',
    parse: wholeNumber('number of bytes', 1, MOST_BYTES),
  },
  for: {
    flag: '--for',
    value: 'ACCESS',
    group: 'Which operations',
    commands: ['watch'],
    help: 'write, or rw for reads and writes (processors know no watchpoint for reads alone). Default: write.',
    parse: oneOf('kind of access', WATCH_ACCESSES),
  },
} as const satisfies Record<string, OptionSpec>;
