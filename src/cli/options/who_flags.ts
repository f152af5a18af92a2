import { parseDuration } from '../parse/duration.ts';
import { parsePath } from '../parse/path.ts';
import type { OptionSpec } from './spec.ts';

/** The flags that `who` alone has; part of the table of all. */
export const WHO_FLAGS = {
  since: {
    flag: '--since',
    value: 'TIME',
    group: 'How long',
    commands: ['who'],
    help: 'Only what was kept, from so long ago on (10m): with --from before the last event of the file, with -p what a program of `mapaudit go build` keeps itself (MAPAUDIT=record=last:N).',
    parse: parseDuration,
  },
  from: {
    flag: '--from',
    value: 'FILE',
    group: 'Which processes',
    commands: ['who'],
    help: 'No process: what `trace --json -o FILE` has kept of one.',
    parse: parsePath('--from'),
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;
