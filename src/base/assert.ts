/** Throws when a condition that the code itself guarantees does not hold. Never for bad input: that is a MapauditError. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`internal: ${message}`);
}

/** Narrows away `undefined` where the code guarantees a value. */
export function defined<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`internal: ${what} is undefined`);
  return value;
}

/** Stands at the end of a switch over a union: a new member is then a compile error here. */
export function assertUnreachable(value: never): never {
  throw new Error(`internal: unexpected value ${JSON.stringify(value)}`);
}
