import { literalRegex } from '../../base/literal_regex.ts';
import type { MapOp } from '../../model/map_op.ts';
import { MAP_OPS } from '../../model/map_op.ts';
import type { Filters } from '../../protocol/options.ts';
import type { Condition, Value } from './ast.ts';
import type { FieldName } from './fields.ts';

/**
 * Filters that follow from a condition: what must hold for it to hold, and can be decided earlier, in the
 * kernel or once for a type. Whatever passes them is still asked the whole condition.
 */
export function filtersWith(condition: Condition, given: Filters): Filters {
  let filters = given;
  for (const part of parts(condition)) filters = narrowed(filters, part);
  return filters;
}

/** What is joined by && at the top. */
function parts(condition: Condition): Condition[] {
  return condition.kind === 'and' ? [...parts(condition.left), ...parts(condition.right)] : [condition];
}

function narrowed(filters: Filters, part: Condition): Filters {
  const ops = opsOf(part);
  if (ops !== undefined) return { ...filters, ops: filters.ops.filter((op) => ops.includes(op)) };
  const equal = equality(part);
  if (equal === undefined) return filters;
  const { field, value } = equal;
  if (field === 'goroutine' && isId(value) && filters.goid === undefined) return { ...filters, goid: value };
  if (field === 'map.id' && isId(value) && filters.mapId === undefined) return { ...filters, mapId: value };
  if (field === 'map.type' && typeof value === 'string' && filters.map === undefined)
    return { ...filters, map: `^${literalRegex(value)}$` };
  if (field === 'key' && typeof value === 'string' && PLAIN.test(value) && filters.key === undefined)
    return { ...filters, key: globOf(value), ...(SYNTAX.test(value) ? {} : { keyIsString: true }) };
  return filters;
}

/** The operations that a part allows, when it speaks of nothing else: `op == "delete" || op == "clear"`. */
function opsOf(part: Condition): readonly MapOp[] | undefined {
  if (part.kind === 'or') {
    const [left, right] = [opsOf(part.left), opsOf(part.right)];
    return left === undefined || right === undefined ? undefined : [...left, ...right];
  }
  const equal = equality(part);
  return equal?.field === 'op' ? MAP_OPS.filter((op) => op === equal.value) : undefined;
}

/** `field == literal`, either way round. */
function equality(part: Condition): { readonly field: FieldName; readonly value: Value } | undefined {
  if (part.kind !== 'compare' || part.op !== '==') return undefined;
  const { left, right } = part;
  if (left.kind === 'field' && right.kind === 'literal') return { field: left.name, value: right.value };
  if (right.kind === 'field' && left.kind === 'literal') return { field: right.name, value: left.value };
  return undefined;
}

const isId = (value: Value): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** A text that Go's syntax writes as it is: for others the filter, which sees that syntax, would not be the same. */
const PLAIN = /^[ !#-[\]-~]+$/;

/** What the Go syntax of a key that is no string may look like, once numbers and truth values are values of their own. */
const SYNTAX = /[{}()[\]*]|^nil$|^[-+]?(?:NaN|Inf)$/;

/** A glob that means this text alone. */
export const globOf = (text: string): string => text.replaceAll(/[\\*?[\]{}]/g, '\\$&');
