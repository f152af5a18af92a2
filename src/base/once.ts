/** Computes when it is asked first, and then has it. */
export function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
}

/** Keeps for each object what was computed of it under a name, as long as the object is there. */
export class OncePer<K extends object, T> {
  readonly #known = new WeakMap<K, Map<string, T>>();

  of(object: K, name: string, compute: () => T): T {
    let own = this.#known.get(object);
    if (own === undefined) this.#known.set(object, (own = new Map<string, T>()));
    let value = own.get(name);
    if (value === undefined) own.set(name, (value = compute()));
    return value;
  }
}
