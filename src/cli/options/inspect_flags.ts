import { parseLimit } from '../parse/number.ts';
import { parseDuration } from '../parse/duration.ts';
import { wholeNumber } from '../parse/number.ts';
import type { OptionSpec } from './spec.ts';

/** The flags that `inspect` has; part of the table of all. */
export const INSPECT_FLAGS = {
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
  held: {
    flag: '--held',
    group: 'What is shown of each',
    commands: ['maps', 'inspect'],
    help: 'Measure what keys and values refer to as well: strings, slices, pointers, inner maps. Shared memory counts once.',
  },
  spread: {
    flag: '--spread',
    group: 'What is shown of each',
    commands: ['inspect'],
    help: 'Say how evenly the keys are spread over buckets or groups against a good hash, and which collide.',
  },
  limit: {
    flag: '--limit',
    value: 'N',
    group: 'What is shown of each',
    commands: ['maps', 'inspect'],
    of: { maps: { help: 'So many maps of each process, or all. Default: 30, with --json all.' } },
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
    help: 'Show so many elements of each slice and array, and entries of each map, that is a value. Default: 16.',
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
} as const satisfies Record<string, OptionSpec>;
