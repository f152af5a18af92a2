import type { Addr } from '../../model/addr.ts';
import type { Kind } from '../types/kinds.ts';

/** A field of a struct. */
export interface GoField {
  readonly name: string;
  /** In bytes from the struct's start. */
  readonly offset: number;
  readonly embedded: boolean;
  readonly type: GoType;
}

/**
 * A Go type, whether a type descriptor of the runtime or an entry of DWARF tells of it: what is declared is
 * known by DWARF alone (the linker drops descriptors that nothing refers to), what an interface holds by its
 * descriptor alone. Parts are read when they are asked for; undefined is what cannot be read or does not fit.
 */
export interface GoType {
  /** With package names, as reflect's String() writes it: `map[string]*shop.Session`. */
  readonly name: string;
  /** With package paths, where the source of the type tells them. */
  readonly fullName: string;
  readonly kind: Kind;
  /** In bytes. */
  readonly size: number;
  /** The runtime's descriptor in the memory that is read; undefined when the program has none. */
  readonly descriptor: Addr | undefined;
  /** What a pointer points to, or a slice, array, channel or map consists of. */
  elem(): GoType | undefined;
  /** The key type of a map. */
  key(): GoType | undefined;
  /** Fields of a struct. */
  fields(): readonly GoField[] | undefined;
  /** Length of an array. */
  length(): number | undefined;
  /** Whether an interface type has methods: its first word is then an itab. */
  hasMethods(): boolean | undefined;
}

/**
 * `map[string]*github.com/x/shop.Session` as `map[string]*shop.Session`: package paths cut to their last part.
 * The last part of a path is not always the package's name (`yaml.v3`, `shop/v2`); descriptors know better.
 */
export function shortTypeName(fullName: string): string {
  return unescapePath(fullName).replace(/(?:[\w.~-]+\/)+(?=[\w~-][\w.~-]*\.)/g, '');
}

/** In symbols, dots in the last part of a package path are written `%2e`. */
export const unescapePath = (name: string): string =>
  name.replace(/%([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
