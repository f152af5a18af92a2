import { closest } from '../base/closest.ts';
import { literalRegex } from '../base/literal_regex.ts';
import type { GoBinary } from '../go/go_binary.ts';
import { addr } from '../model/addr.ts';
import type { Notice } from '../protocol/notice.ts';

/**
 * A warning when no map type of a binary matches a pattern: nothing will then be seen, unless the program makes such
 * a type while it runs (reflect.MapOf). Undefined when one matches, or the types cannot be read.
 */
export function noSuchType(binary: GoBinary, pattern: string): Notice | undefined {
  const types = binary.typeReader();
  const wanted = new RegExp(pattern);
  const names = binary.mapTypes().flatMap((type) => types.nameOf(addr(type)) ?? []);
  if (names.length === 0 || names.some((name) => wanted.test(name))) return undefined;
  const written = pattern.replaceAll('\\', '').replace(/^\^|\$$/g, '');
  const isLiteral = pattern.replace(/^\^|\$$/g, '') === literalRegex(written);
  const near = closest(written, names);
  const hint =
    near === undefined
      ? `It has ${names.length} map types, among them ${names.slice(0, 3).join(', ')}`
      : `Did you mean ${near}?`;
  return {
    type: 'notice',
    level: 'warning',
    code: 'no-such-type',
    message: `the program has no map type ${isLiteral && /\W/.test(written) ? written : `that matches ${pattern}`}: nothing will be seen, unless it makes one through reflect`,
    hint,
  };
}
