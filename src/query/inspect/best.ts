/**
 * The items that a text means: those that have exactly that text; else those whose texts hold it, or match it
 * as a regular expression.
 */
export function best<T>(
  items: readonly T[],
  text: string,
  textsOf: (item: T) => readonly string[],
): readonly T[] {
  const exact = items.filter((item) => textsOf(item).includes(text));
  if (exact.length > 0) return exact;
  const pattern = regexOf(text);
  return items.filter((item) =>
    textsOf(item).some((one) => one.includes(text) || pattern?.test(one) === true),
  );
}

/** Undefined for what is none, such as `map[string]**T`. */
function regexOf(text: string): RegExp | undefined {
  try {
    return new RegExp(text);
  } catch {
    return undefined;
  }
}
