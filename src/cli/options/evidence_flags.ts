import { parsePath } from '../parse/path.ts';
import { parseSpeed } from '../parse/speed.ts';
import { SERVE_RACES } from './serve_flags.ts';
import type { OptionSpec } from './spec.ts';

/** What the file of `record` is. */
export const OUTPUT_OF_RECORD = {
  help: 'Write to this file: incident.mapaudit. One that is there is not overwritten. - is stdout.',
} as const;

/** Flags of `record`, `replay`, `report` and `export`. */
export const EVIDENCE_FLAGS = {
  races: {
    flag: '--races',
    group: 'What is shown of each',
    commands: ['record', 'serve'],
    of: { serve: SERVE_RACES },
    help: 'Also look for races, as mapaudit race does; --budget says how much that may cost.',
  },
  force: {
    flag: '--force',
    group: 'Output',
    commands: ['record'],
    help: 'Overwrite the file of -o.',
  },
  speed: {
    flag: '--speed',
    value: 'N',
    group: 'How long',
    commands: ['replay'],
    help: 'Times the speed at which it was recorded: 1, 10, 0.5, or max. Default: max, for the live screen 1.',
    parse: parseSpeed,
  },
  profile: {
    flag: '--profile',
    value: 'FILE',
    group: 'What is shown of each',
    commands: ['report'],
    help: 'A CPU profile of the same program in pprof form, to be shown beside the rates: cpu.pprof.',
    parse: parsePath('--profile'),
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;
