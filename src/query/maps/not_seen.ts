import type { Cut, FindLimits } from '../../inspect/find/found_map.ts';
import type { NotSeen } from '../../protocol/maps.ts';
import { counted, grouped, spoken } from '../../protocol/text/numbers.ts';

/** What a search left out, and why. */
export function cutTexts(cuts: readonly Cut[], limits: FindLimits, patienceMs: number): NotSeen[] {
  const text: Readonly<Record<Cut, string>> = {
    reads: `the search ended after ${grouped(limits.reads)} reads: what is reached by longer ways was not seen`,
    maps: `the search ended at ${grouped(limits.maps)} maps`,
    depth: `what lies more than ${limits.depth} pointers from a variable was not looked at`,
    elements: `of slices, arrays and maps, the first ${grouped(limits.elements)} elements were looked at for maps`,
    time: `the search ended after ${spoken(patienceMs)}: what is reached by longer ways was not seen (--patience looks longer)`,
  };
  return cuts.map((code) => ({ code, text: text[code] }));
}

export const NO_DEBUG_INFO: NotSeen = {
  code: 'no-debug-info',
  text: 'the binary has no debug information (built with -ldflags=-s or -w): maps were found through what its code loads and what interfaces hold; those that only fields, slices or stacks lead to were not. --observe also shows what is written to',
};

export const BAD_DEBUG_INFO = (reason: string): NotSeen => ({
  code: 'bad-debug-info',
  text: `its debug information could not be used (${reason}): maps were found through what its code loads and what interfaces hold`,
});

export const notMeasured = (maps: number, patienceMs: number): NotSeen => ({
  code: 'not-measured',
  text: `${counted(maps, 'map was', 'maps were')} not measured within ${spoken(patienceMs)}: their bytes are not known, the largest were measured first (--patience)`,
});

/** `names`: variables of a map type. */
export const damaged = (names: readonly string[]): NotSeen => ({
  code: 'damaged',
  text: `${names.slice(0, 8).join(', ')}${names.length > 8 ? ` and ${names.length - 8} more` : ''}: what lies there can be no map, its memory is damaged; mapaudit inspect --expr says more`,
});

export const notReadable = (maps: number): NotSeen => ({
  code: 'not-readable',
  text: `${counted(maps, 'map')} could not be read: gone, or changed at every look`,
});
