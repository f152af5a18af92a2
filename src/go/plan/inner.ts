import type { InnerFunction } from '../../model/probe_plan.ts';
import type { CodeView } from './code_view.ts';
import type { FunctionCode } from './function_code.ts';
import { KEY_OF_ASSIGN } from './functions.ts';
import { spilledKey } from './spilled.ts';

/** Those of the functions that the binary has, and where the assigns among them keep their keys. */
export function innerFunctions(
  view: CodeView,
  code: FunctionCode,
  names: readonly string[],
): InnerFunction[] {
  return names.flatMap((name) => {
    const f = view.functionNamed(name);
    if (f === undefined) return [];
    const key = KEY_OF_ASSIGN.get(name);
    const spilled = key === undefined ? undefined : spilledKey(code.of(f), key);
    return [{ name, start: f.start, end: f.end, ...(spilled === undefined ? {} : { spilled }) }];
  });
}
