import { quote } from '../go/value/quote.ts';
import type { TopKey } from '../stream/aggregate/top_keys.ts';

/** A key, or what several begin with, in Go syntax: `"sess:` has no closing quote, since more follows. */
export function prefixLabel({ form, bytes, whole }: Pick<TopKey, 'form' | 'bytes' | 'whole'>): string {
  if (form !== 'text') return new TextDecoder().decode(bytes);
  const quoted = quote(bytes);
  return whole ? quoted : quoted.slice(0, -1);
}
