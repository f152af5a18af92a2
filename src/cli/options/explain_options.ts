import type { ExplainOptions } from '../../protocol/explain_report.ts';
import { usageError } from '../parse/usage_error.ts';
import type { OptionValues } from './table.ts';

/** What `explain` is asked: FILE and WHERE, or WHERE alone with -p; --map in place of WHERE. */
export function explainOptionsOf(
  words: readonly (string | undefined)[],
  { pid, map }: OptionValues,
): ExplainOptions {
  const given = words.filter((word) => word !== undefined);
  const path = pid === undefined ? given.shift() : undefined;
  const where = given.shift();
  if (given.length > 0)
    throw usageError('contradiction', `both a file (${words[0] ?? ''}) and process ${pid ?? 0} are named`, {
      hint: 'Leave one of them out.',
    });
  const subject: ExplainOptions['subject'] | undefined =
    pid !== undefined ? { type: 'pid', pid } : path === undefined ? undefined : { type: 'file', path };
  if (subject === undefined)
    throw usageError('no-target', 'explain what?', {
      hint: "Name a binary and a place: mapaudit explain ./server 'shop.(*Cache).evict'.",
    });
  if (map === undefined && where === undefined)
    throw usageError('no-place', 'which place?', {
      hint: "Add a function ('shop.(*Cache).evict'), a line (cache.go:88), or --map REGEX for all places with such maps.",
    });
  if (map !== undefined && where !== undefined)
    throw usageError('contradiction', `both a place (${where}) and --map are named`, {
      hint: 'Leave one of them out.',
    });
  return { subject, ...(where === undefined ? {} : { where }), ...(map === undefined ? {} : { map }) };
}
