import type { FieldName } from './fields.ts';

/** A value in a condition. Integers that a double cannot hold are bigints. */
export type Value = string | number | bigint | boolean;

export type CompareOp = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A field, or a value that was written down. `at` is where it stands in the text. */
export type Operand =
  | { readonly kind: 'field'; readonly name: FieldName; readonly at: number }
  | { readonly kind: 'literal'; readonly value: Value; readonly at: number };

/** A condition, checked: types fit, regular expressions compile. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'compare'; readonly op: CompareOp; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'match'; readonly field: FieldName; readonly pattern: RegExp }
  /** A truth value by itself: `found`, `true`. */
  | { readonly kind: 'truth'; readonly of: Operand };

/** Whether a condition asks for a field. */
export function mentions(condition: Condition, field: FieldName): boolean {
  const isField = (operand: Operand): boolean => operand.kind === 'field' && operand.name === field;
  switch (condition.kind) {
    case 'and':
    case 'or':
      return mentions(condition.left, field) || mentions(condition.right, field);
    case 'not':
      return mentions(condition.of, field);
    case 'compare':
      return isField(condition.left) || isField(condition.right);
    case 'match':
      return condition.field === field;
    case 'truth':
      return isField(condition.of);
  }
}
