import type { Filters } from '../../protocol/options.ts';
import { globOf } from './glob.ts';
import { usageError } from './usage_error.ts';

const glob = globOf('--label');

/** `NAME=GLOB`, where the name ends at the first `=`. Errors: `usage-label`, `usage-glob`. */
export function parseLabel(text: string): NonNullable<Filters['label']> {
  const at = text.indexOf('=');
  if (at < 1)
    throw usageError('label', `--label has no name and value: ${text}`, {
      hint: "Write both: --label 'route=/login*'. Any value: --label 'route=*'.",
    });
  return { name: text.slice(0, at), value: at === text.length - 1 ? '' : glob(text.slice(at + 1)) };
}
