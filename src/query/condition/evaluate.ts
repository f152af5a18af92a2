import { assertUnreachable } from '../../base/assert.ts';
import type { CompareOp, Condition, Operand, Value } from './ast.ts';
import { fieldNamed, type FieldName } from './fields.ts';

/** Gives the value of a field of one event; undefined when it is not known. */
export type FieldReader = (name: FieldName) => Value | undefined;

/**
 * Whether a condition certainly holds. A comparison with a field that is not known is neither true nor false,
 * and so is its negation: `!found` does not hold where it is not known whether the key was there.
 */
export const holds = (condition: Condition, read: FieldReader): boolean => evaluate(condition, read) === true;

/** True, false, or undefined for not known (Kleene's logic). */
function evaluate(condition: Condition, read: FieldReader): boolean | undefined {
  switch (condition.kind) {
    case 'and': {
      const left = evaluate(condition.left, read);
      if (left === false) return false;
      const right = evaluate(condition.right, read);
      return right === false ? false : left === undefined ? undefined : right;
    }
    case 'or': {
      const left = evaluate(condition.left, read);
      if (left === true) return true;
      const right = evaluate(condition.right, read);
      return right === true ? true : left === undefined ? undefined : right;
    }
    case 'not': {
      const of = evaluate(condition.of, read);
      return of === undefined ? undefined : !of;
    }
    case 'match': {
      const value = read(condition.field);
      return value === undefined ? undefined : condition.pattern.test(String(value));
    }
    case 'truth': {
      const value = valueOf(condition.of, read);
      return value === undefined ? undefined : value === true;
    }
    case 'compare':
      return compare(condition, read);
    default:
      return assertUnreachable(condition);
  }
}

function compare(
  { op, left, right }: Extract<Condition, { kind: 'compare' }>,
  read: FieldReader,
): boolean | undefined {
  const [a, b] = [valueOf(left, read), valueOf(right, read)];
  if (a === undefined || b === undefined) return undefined;
  if (op === '==' || op === '!=') {
    const same = isPath(left) ? samePath(a, b) : isPath(right) ? samePath(b, a) : equal(a, b);
    return same === (op === '==');
  }
  // A number comes neither before nor after a text.
  return isNumber(a) === isNumber(b) && inOrder(op, a, b);
}

const isNumber = (value: Value): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

/** 7 and 7n are one number. */
const equal = (a: Value, b: Value): boolean => (isNumber(a) && isNumber(b) ? !(a < b) && !(a > b) : a === b);

function inOrder(op: Exclude<CompareOp, '==' | '!='>, a: Value, b: Value): boolean {
  switch (op) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

const isPath = (operand: Operand): boolean =>
  operand.kind === 'field' && fieldNamed(operand.name)?.path === true;

/** `cache.go` is the end of `/src/shop/cache.go`. */
function samePath(path: Value, asked: Value): boolean {
  return path === asked || String(path).endsWith(`/${String(asked)}`);
}

const valueOf = (operand: Operand, read: FieldReader): Value | undefined =>
  operand.kind === 'literal' ? operand.value : read(operand.name);
