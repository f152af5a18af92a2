import { MAP_SORTS } from '../../protocol/maps.ts';
import { oneOf } from '../parse/choice.ts';
import { parseDuration } from '../parse/duration.ts';
import { wholeNumber } from '../parse/number.ts';
import type { OptionSpec } from './spec.ts';

/** The flags that `maps` alone has; part of the table of all. */
export const MAPS_FLAGS = {
  minLen: {
    flag: '--min-len',
    value: 'N',
    group: 'Which operations',
    commands: ['maps'],
    help: 'Maps with so many entries or more.',
    parse: wholeNumber('number of entries', 0),
  },
  sort: {
    flag: '--sort',
    value: 'BY',
    group: 'What is shown of each',
    commands: ['maps'],
    help: 'bytes, waste, rate (writes), growth (entries) or age. All but bytes and waste observe. Default: bytes.',
    details:
      '`age` begins with maps that were there before the observation. When a map was made is written nowhere in a Go program, so no more is known than that it is older or younger than the moment when it was looked for first.',
    parse: oneOf('order of maps', MAP_SORTS),
  },
  each: {
    flag: '--each',
    group: 'What is shown of each',
    commands: ['maps'],
    help: 'List each map for itself, also where many differ by an index or goroutine alone (main.shards[…].items). JSON always does.',
  },
  observe: {
    flag: '--observe',
    value: 'TIME',
    group: 'How long',
    commands: ['maps', 'advise'],
    help: 'Watch writes for so long too: rates, growth, who writes, and maps that memory does not lead to. --observe 5s.',
    details:
      'Without it memory alone is read and no probe is set. `--sort rate`, `growth` and `age` observe for 5s unless this says otherwise.',
    of: { advise: { help: 'Watch operations for so long. Default: 30s.', details: '' } },
    parse: parseDuration,
  },
  patience: {
    flag: '--patience',
    value: 'TIME',
    group: 'How long',
    commands: ['maps'],
    help: 'Look for maps for so long, and measure them for as long; what was not reached by then is said. Default: 10s.',
    details:
      'Time of a processor: on a busy machine it takes longer by the clock, but never more than six times.',
    parse: parseDuration,
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;
