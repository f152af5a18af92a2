/**
 * A nominal type over a plain one: `Brand<number, 'Addr'>` is a number at run time, and nothing else
 * may be passed where it is asked for. Each branded type has a companion function that makes it.
 */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };
