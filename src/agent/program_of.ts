import { isMapauditError } from '../base/errors.ts';
import { openDebugInfo } from '../go/debug/debug_info.ts';
import type { Program } from '../inspect/place/program.ts';
import { inflate } from '../sys/inflate.ts';
import type { Target } from './target.ts';

/** A process as those see it who look into memory; without `debug` where its binary has no debug information. */
export function programOf(target: Target): Program {
  const { binary, bias, memory, types } = target;
  const base = { binary, bias, memory, types };
  try {
    return { ...base, debug: openDebugInfo(binary, inflate, types, bias) };
  } catch (error) {
    if (isMapauditError(error) && error.code === 'no-dwarf') return { ...base, debug: undefined };
    throw error;
  }
}
