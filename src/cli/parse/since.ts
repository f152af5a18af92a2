import { usageError } from './usage_error.ts';

/** `--since` asks for events of the past, and nothing keeps them yet. */
export function noSince(text: string): never {
  throw usageError('since', `--since ${text} needs events that were kept, and this version keeps none`, {
    hint: 'Leave --since out to follow the key from now on.',
  });
}
