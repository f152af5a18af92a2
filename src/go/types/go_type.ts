import type { Addr } from '../../model/addr.ts';
import type { Kind } from './kinds.ts';

/** A field of a struct. */
export interface StructField {
  readonly name: string;
  readonly type: Addr;
  /** In bytes from the struct's start. */
  readonly offset: number;
  readonly embedded: boolean;
}

/** What a type descriptor says, as far as all kinds have it. */
export interface TypeHead {
  readonly address: Addr;
  /** As reflect's String() gives it: `map[string]*shop.Session`. */
  readonly name: string;
  readonly kind: Kind;
  readonly size: number;
  /** Defined by a type declaration (or predeclared), not a literal. */
  readonly named: boolean;
  /** An interface holds a value of this type itself, not a pointer to it. */
  readonly direct: boolean;
}

/** What an array consists of. */
export interface ArrayType {
  readonly elem: Addr;
  readonly length: number;
}

/** Where keys and elements lie: classic buckets hold 8 of each, a Swiss group 8 slots. */
export type SlotLayout =
  | {
      readonly kind: 'classic';
      readonly bucketSize: number;
      readonly keySlot: number;
      readonly elemSlot: number;
    }
  | {
      readonly kind: 'swiss';
      readonly groupSize: number;
      /** Key i at `keysOffset + i * keyStride`, element likewise, from the group's start. */
      readonly keysOffset: number;
      readonly keyStride: number;
      readonly elemsOffset: number;
      readonly elemStride: number;
    };

/** A map type. */
export interface MapType extends TypeHead {
  readonly kind: 'map';
  readonly key: Addr;
  readonly elem: Addr;
  /** The slot holds a pointer to the key (or element), which is larger than 128 bytes. */
  readonly indirectKey: boolean;
  readonly indirectElem: boolean;
  readonly layout: SlotLayout;
}
