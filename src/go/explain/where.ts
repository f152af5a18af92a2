/** A place in the source, as users write it. */
export type Where =
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'file'; readonly file: string; readonly line?: number };

/** `cache.go:88` and `cache.go` are files; anything else is a function. */
export function parseWhere(text: string): Where {
  const match = /^(.+\.(?:go|s)):(\d+)$/.exec(text);
  const [, file, line] = match ?? [];
  if (file !== undefined && line !== undefined) return { kind: 'file', file, line: Number(line) };
  return text.endsWith('.go') && !text.endsWith(')')
    ? { kind: 'file', file: text }
    : { kind: 'function', name: text };
}
