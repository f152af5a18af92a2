import type { MapOp } from './map_op.ts';

/** What the methods of sync.Map do, in words of maps. go1.18–1.27 src/sync/map.go; Swap and Compare… from 1.20 on, Clear from 1.23. */
export const SYNC_METHODS: Readonly<Record<string, MapOp>> = {
  Load: 'access',
  Store: 'assign',
  Swap: 'assign',
  LoadOrStore: 'assign',
  CompareAndSwap: 'assign',
  LoadAndDelete: 'delete',
  Delete: 'delete',
  CompareAndDelete: 'delete',
  Range: 'iterate',
  Clear: 'clear',
};

/** What their names begin with, and those of what they are made of before 1.24. */
export const SYNC_MAP = 'sync.(*Map).';

/** The type that events and counters of a sync.Map show: it has no descriptor that a method is given. */
export const SYNC_TYPE = 'sync.Map';

/** What a sync.Map is from 1.24 on, whatever the shapes between the brackets. */
const TRIE = /^internal\/sync\.\(\*HashTrieMap\[.*\]\)\./;

/** The method of sync.Map that a function is, or stands for; undefined for all others. */
export function syncMethodOf(name: string): string | undefined {
  const method = name.startsWith(SYNC_MAP) ? name.slice(SYNC_MAP.length) : name.replace(TRIE, '');
  return method !== name && Object.hasOwn(SYNC_METHODS, method) ? SYNC_MAP + method : undefined;
}
