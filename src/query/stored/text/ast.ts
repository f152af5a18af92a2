import type { MapOp } from '../../../model/map_op.ts';

/** What is asked for, and the operations that it means. */
export const SUBJECTS: Readonly<Record<string, readonly MapOp[]>> = {
  deletes: ['delete'],
  assigns: ['assign'],
  accesses: ['access'],
  clears: ['clear'],
  iterations: ['iterate'],
  writes: ['delete', 'assign', 'clear'],
  reads: ['access', 'iterate'],
  operations: ['delete', 'assign', 'clear', 'grow', 'access', 'iterate'],
};
export const FACT_SUBJECTS = ['growth', 'findings'] as const;
export type Subject =
  | { readonly kind: 'operations'; readonly ops: readonly MapOp[] }
  | { readonly kind: 'growth' }
  | { readonly kind: 'findings' };

/** What rows may be grouped by. */
export const GROUPS = [
  'site',
  'map',
  'type',
  'key',
  'process',
  'op',
  'found',
  'rule',
  'second',
  'minute',
  'hour',
] as const;
export type Group = (typeof GROUPS)[number];

/** What conditions may be about. */
export const FIELDS = ['site', 'map', 'type', 'key', 'process', 'op', 'rule'] as const;
export type Field = (typeof FIELDS)[number];

/** `~` is a regular expression, for keys a glob. */
export type Sign = '=' | '!=' | '~' | '!~';

export interface Term {
  readonly field: Field;
  readonly sign: Sign;
  readonly value: string;
  /** Where the value begins, for messages. */
  readonly at: number;
}

/** A question as it was written, understood. */
export interface TextQuery {
  readonly text: string;
  readonly subject: Subject;
  readonly by: readonly Group[];
  readonly where: readonly Term[];
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly top: number;
}
