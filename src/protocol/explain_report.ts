import type { MapFlavour } from '../model/go_version.ts';
import type { EventFrame } from './event.ts';

/** What `explain` is asked: a place, or map types by a regular expression. One of the two. */
export interface ExplainOptions {
  readonly subject:
    { readonly type: 'file'; readonly path: string } | { readonly type: 'pid'; readonly pid: number };
  /** `shop.(*Cache).evict`, `cache.go:88`, `cache.go`. */
  readonly where?: string;
  /** JavaScript regular expression, found anywhere in a map type. */
  readonly map?: string;
}

/** Facts about the binary that decide what the compiler calls. */
export interface ExplainBinary {
  readonly path: string;
  readonly go_version: string;
  readonly flavour: MapFlavour;
  readonly race: boolean;
  /** Built with -N. */
  readonly unoptimised?: boolean;
}

/** The place that was meant. */
export interface ExplainPlace {
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
  /** The function has no code of its own: it was inlined wherever it is called. */
  readonly inlined_everywhere?: boolean;
}

/** A key or element type. */
export interface ExplainPart {
  readonly type: string;
  /** In bytes. */
  readonly size: number;
}

/** A map type that a call works on. */
export interface ExplainMap {
  readonly type: string;
  readonly key?: ExplainPart;
  readonly elem?: ExplainPart;
  /** The slot holds a pointer to the key (or element), because it is larger than 128 bytes. */
  readonly indirect_key?: boolean;
  readonly indirect_elem?: boolean;
}

/** One map operation: what the compiler made of it. */
export interface ExplainSite {
  /** Of the CALL, as the file names it: `0x4a81f0`. */
  readonly address: string;
  readonly op: 'delete' | 'assign' | 'access' | 'iterate' | 'clear' | 'make' | 'clone';
  /** The function that is called; absent for a map that is made on the stack without one. */
  readonly function?: string;
  /** What stands in the source; absent where several things become the same call. */
  readonly construct?: string;
  /** Where it stands, innermost first; all but the last were inlined into the next. */
  readonly frames: readonly EventFrame[];
  /** Several in generic code; empty where the code does not tell. */
  readonly maps: readonly ExplainMap[];
  /** There can be others than `maps`. */
  readonly maps_incomplete?: boolean;
  /** How the types are known. */
  readonly maps_from?: 'code' | 'dictionary' | 'use';
  /** Of a make: the header lies on the goroutine's stack. */
  readonly on_stack?: boolean;
  readonly why: readonly string[];
}

/** The answer to `explain`. */
export interface ExplainReport {
  readonly type: 'explain';
  readonly binary: ExplainBinary;
  readonly place?: ExplainPlace;
  /** The regular expression that was asked for. */
  readonly map?: string;
  /** In the order of the source's files and lines, or of addresses. */
  readonly sites: readonly ExplainSite[];
  /** With `map`: operations whose type the code does not tell, and which are therefore not listed. */
  readonly undecided?: number;
}
