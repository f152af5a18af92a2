import type { SyncMapMaps, SyncMapParts, SyncMapTrie } from '../../protocol/sync_map.ts';
import { counted, grouped } from '../../protocol/text/numbers.ts';

/** What a sync.Map is made of, in one line. */
export function syncMapPartsText({ trie, maps }: SyncMapParts): string | undefined {
  if (trie !== undefined) return trieText(trie);
  return maps === undefined ? undefined : mapsText(maps);
}

function trieText({ nodes, depths, collisions }: SyncMapTrie): string {
  const deep = depths.length === 0 ? '' : `, ${depths.length - 1} deep`;
  const equal = collisions === 0 ? '' : `, ${counted(collisions, 'entry', 'entries')} of equal hash`;
  return `trie of ${counted(nodes, 'node')}${deep}${equal}`;
}

function mapsText({ read, dirty, amended, misses, deleted, expunged }: SyncMapMaps): string {
  const second = dirty === 0 ? '' : `, dirty ${grouped(dirty)}${amended ? ' (amended)' : ''}`;
  const missed = misses === 0 ? '' : `, ${counted(misses, 'miss', 'misses')}`;
  const gone = deleted === 0 ? '' : `, ${grouped(deleted)} deleted, ${grouped(expunged)} of them expunged`;
  return `read ${grouped(read)}${second}${missed}${gone}`;
}
