/** What was typed between the brackets of an index when it is a constant. */
export type Literal =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean };

/** An expression. `at` is where the part that names it begins, in UTF-16 units of the text. */
export type Expression =
  /** A name with dots: which part of it is the variable is known only when it is looked up. */
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'selector'; readonly of: Expression; readonly name: string; readonly at: number }
  | { readonly kind: 'deref'; readonly of: Expression; readonly at: number }
  | { readonly kind: 'index'; readonly of: Expression; readonly key: IndexKey; readonly at: number }
  | { readonly kind: 'assert'; readonly of: Expression; readonly type: string; readonly at: number }
  /** `(*main.T)(0xc000012345)`: a value of that type at that address, which a double may not hold. */
  | { readonly kind: 'convert'; readonly type: string; readonly value: bigint; readonly at: number };

/** What stands between the brackets: its text, and what it is when it can be told without the map's key type. */
export interface IndexKey {
  readonly text: string;
  readonly at: number;
  readonly literal: Literal | undefined;
  readonly expression: Expression | undefined;
}
