import type { InspectedSyncMap } from '../../protocol/inspect.ts';
import { bytes, counted, grouped } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';
import { wrap } from '../../protocol/text/wrap.ts';
import { heldText } from './sizes_text.ts';
import type { Style } from '../output/style.ts';

const READABLE = 100;
const INDENT = '  ';
const LABEL = 11;

/** Name and make-up of a sync.Map. */
export function syncMapText(
  map: InspectedSyncMap,
  style: Style,
  width: number | undefined,
): readonly string[] {
  const readable = Math.min(width ?? READABLE, READABLE);
  const { name, type, address } = map.map;
  const facts: readonly (readonly [string, string])[] = [
    ['type', type],
    ['address', address],
    ['entries', grouped(map.len)],
    ['layout', layoutText(map)],
    ...(map.bytes === undefined ? [] : [['memory', `${bytes(map.bytes)} without keys and values`] as const]),
    ...(map.held === undefined ? [] : [['held', heldText(map.held)] as const]),
    ...(map.key === undefined ? [] : [['key', keyText(map.key)] as const]),
    ['read', readText(map)],
  ];
  return [
    ...wrap(printable(name ?? type), readable).map(style.bold),
    ...facts.flatMap(([label, text]) =>
      wrap(printable(text), readable - INDENT.length - LABEL).map(
        (line, i) => `${INDENT}${(i === 0 ? label : '').padEnd(LABEL)}${line}`,
      ),
    ),
  ];
}

const keyText = ({ text, found }: NonNullable<InspectedSyncMap['key']>): string =>
  `${text} is ${found ? '' : 'not '}in the map: Load ${found ? 'finds' : 'does not find'} it`;

function layoutText({ trie, maps }: InspectedSyncMap): string {
  if (trie !== undefined) {
    const depth = trie.depths.length === 0 ? '' : `, entries at depth ${depthsText(trie.depths)}`;
    const equal =
      trie.collisions === 0 ? '' : `, ${counted(trie.collisions, 'entry', 'entries')} of equal hash`;
    return `trie: ${counted(trie.nodes, 'inner node')}${depth}${equal}`;
  }
  if (maps === undefined) return 'not known';
  const { read, dirty, misses, deleted, expunged } = maps;
  const gone = deleted === 0 ? '' : ` (${grouped(deleted)} deleted, ${grouped(expunged)} of them expunged)`;
  const second =
    dirty === 0
      ? 'no second map'
      : `${grouped(dirty)} in the dirty map, ${grouped(misses)} misses of ${grouped(dirty)}`;
  return `${counted(read, 'key')} in the read map${gone}, ${second}`;
}

/** `3: 5,120, 4: 14,880` */
const depthsText = (depths: readonly number[]): string =>
  depths.flatMap((n, depth) => (n === 0 ? [] : [`${depth}: ${grouped(n)}`])).join(', ');

function readText({ consistent, unstable }: InspectedSyncMap): string {
  if (consistent) return 'consistent: nothing changed while it was read';
  const unknown =
    unstable === undefined ? '' : `; ${counted(unstable, 'part')} changed at every look and not shown`;
  return `not of one moment: it changed while it was read${unknown}`;
}
