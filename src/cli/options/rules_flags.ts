import { parsePath } from '../parse/path.ts';
import type { OptionSpec } from './spec.ts';

/** Flags of `rules` and `dashboards`. */
export const RULES_FLAGS = {
  out: {
    flag: '--out',
    value: 'DIR',
    group: 'Output',
    commands: ['dashboards'],
    help: 'The folder to write to; it is made when it is not there. Files of the same name are overwritten.',
    parse: parsePath('--out'),
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;
