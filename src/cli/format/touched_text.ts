import type { Touched, TouchedBy } from '../../protocol/touched.ts';
import { placeLabel, shortFunction } from '../../protocol/text/labels.ts';
import { counted } from '../../protocol/text/numbers.ts';
import { middleTruncate } from '../../protocol/text/width.ts';
import type { Style } from '../output/style.ts';

const WORDS = [
  ['inserts', 'insert', 'inserts'],
  ['updates', 'update', 'updates'],
  ['deletes', 'delete', 'deletes'],
  ['misses', 'delete of nothing', 'deletes of nothing'],
  ['reads', 'read', 'reads'],
  ['clears', 'clear', 'clears'],
  ['unknown', 'write of which it is not known what it did', 'writes of which it is not known what they did'],
] as const;

/** Who touched the key most: a line for each place. */
export function touchedText({ by }: Touched, style: Style, width: number | undefined): readonly string[] {
  if (by.length === 0) return [];
  const lines = by.map((one) => (width === undefined ? lineOf(one) : middleTruncate(lineOf(one), width)));
  return ['', style.bold('Who touched it'), ...lines];
}

function lineOf(by: TouchedBy): string {
  const place = by.caller === undefined ? 'caller not known' : placeLabel(by.caller);
  const what = WORDS.flatMap(([field, one, many]) => {
    const n = by[field];
    return n === undefined ? [] : counted(n, one, many);
  });
  const starts = by.starts.length === 0 ? '' : ` of ${by.starts.map(shortFunction).join(', ')}`;
  return `  ${place}: ${what.join(', ')} · ${counted(by.goroutines, 'goroutine')}${starts}`;
}
