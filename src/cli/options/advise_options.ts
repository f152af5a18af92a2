import { parseDuration } from '../parse/duration.ts';
import type { OptionSpec } from './spec.ts';

/** The flags that `advise` alone has. */
export const ADVISE_OPTIONS = {
  observe: {
    flag: '--observe',
    value: 'TIME',
    group: 'How long',
    commands: ['advise'],
    help: 'Watch operations for so long. Default: 30s.',
    parse: parseDuration,
  },
} as const satisfies Record<string, OptionSpec>;
