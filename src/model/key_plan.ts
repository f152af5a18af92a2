import type { Addr } from './addr.ts';

/** Something inside a key that lies elsewhere and must be fetched at the hit: a string's text, an interface's value. */
export interface KeyChase {
  readonly kind: 'string' | 'eface' | 'iface';
  /** Of the string header or interface, from the key's start, in bytes. */
  readonly offset: number;
}

/**
 * What the kernel fetches for a key that is passed by pointer. Keyed by the map's type (for its keys) or by
 * a key's dynamic type (for keys of interface type).
 */
export interface KeyPlan {
  /** Run-time address of the map type or dynamic type. */
  readonly type: Addr;
  /** Size of the key in bytes. */
  readonly size: number;
  /** The key as a whole is a string, an empty interface or one with methods; otherwise plain bytes. */
  readonly kind: 'bytes' | 'string' | 'eface' | 'iface';
  /** At most `MAX_CHASES` of a `bytes` key; what is beyond is shown as not captured. */
  readonly chases: readonly KeyChase[];
}
