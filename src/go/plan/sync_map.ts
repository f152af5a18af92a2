import type { MapOp } from '../../model/map_op.ts';
import type { KeySource } from '../../model/probe_plan.ts';
import { SYNC_MAP as MAP, SYNC_METHODS } from '../../model/sync_method.ts';
import type { MapFunction } from './functions.ts';

/** Methods that are another one with its results dropped: from 1.20 on Store, in all releases Delete. */
const MADE_OF: Readonly<Record<string, string>> = { Swap: 'Store', LoadAndDelete: 'Delete' };

const KEYLESS = ['Range', 'Clear'];

/**
 * What a sync.Map is from 1.24 on; no other use has this shape. The linker's name is pclntab's name too.
 * go1.24–1.27 src/internal/sync/hashtriemap.go.
 */
const TRIE = 'internal/sync.(*HashTrieMap[go.shape.interface {},go.shape.interface {}]).';

/**
 * The methods of sync.Map, and those of the HashTrieMap behind it. The compiler puts most of the former into their
 * callers; where they are functions (-N, -race, method values) what they call is a part of them.
 * A method of a generic type takes its dictionary after the receiver: the key begins one register later.
 */
export function syncMapFunctions(ops: readonly MapOp[]): MapFunction[] {
  const wanted = Object.entries(SYNC_METHODS).filter(([, op]) => ops.includes(op));
  return wanted.flatMap(([method, op]) => {
    const keyless = KEYLESS.includes(method);
    const none: KeySource = { kind: 'none' };
    const direct: KeySource = keyless ? none : { kind: 'interface', type: 'RBX', data: 'RCX' };
    const generic: KeySource = keyless ? none : { kind: 'interface', type: 'RCX', data: 'RDI' };
    const outer = MADE_OF[method];
    const beyond = outer === undefined ? [] : [MAP + outer, TRIE + outer];
    const base = { op, map: 'RAX', type: undefined, sync: true } as const;
    return [
      { ...base, name: MAP + method, key: direct, partOf: beyond.slice(0, 1) },
      { ...base, name: TRIE + method, key: generic, partOf: [MAP + method, ...beyond] },
    ];
  });
}
