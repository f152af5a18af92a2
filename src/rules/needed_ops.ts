import { assertUnreachable } from '../base/assert.ts';
import type { MapOp } from '../model/map_op.ts';
import type { Rule } from './definition.ts';

/** The operations without which a rule cannot be judged. */
export function neededOps(rule: Rule): readonly MapOp[] {
  switch (rule.kind) {
    case 'rate':
    case 'ratio':
      return rule.outweighs === undefined ? rule.ops : [...rule.ops, rule.outweighs.op];
    case 'found_ratio':
      return [rule.op];
    case 'new_site':
      return rule.ops;
    case 'lifecycle':
      switch (rule.sequence) {
        case 'write-after-clear':
          return ['clear', 'assign', 'delete'];
        case 'delete-while-ranged':
          return ['iterate', 'delete'];
        case 'never-shrinks':
          return ['assign', 'delete', 'clear'];
        // Sizes stand in whatever is seen of a map.
        case 'grows-past':
          return [];
        default:
          return assertUnreachable(rule.sequence);
      }
    case 'race':
    case 'loss':
      return [];
    default:
      return assertUnreachable(rule);
  }
}
