import { usageError } from './usage_error.ts';

/** `3` or `#3`. */
export function parseMapId(text: string): number {
  const match = /^#?([1-9]\d*)$/.exec(text);
  if (match !== null && Number.isSafeInteger(Number(match[1]))) return Number(match[1]);
  throw usageError('map-id', `"${text}" is not a map id`, {
    hint: 'Map ids are the numbers behind # in the output of trace and top: --map-id 3.',
  });
}
