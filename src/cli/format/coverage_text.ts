import { printable } from '../../protocol/text/printable.ts';
import type { WatchedByteRange, WatchedBytes, WatchedPart } from '../../protocol/watch.ts';

/** Says which bytes of an entry are watched, and which are not; once, until it is others. */
export class CoverageText {
  #said: string | undefined;

  lines(watching: WatchedBytes): readonly string[] {
    const lines = watching.present ? presentText(watching) : absentText(watching);
    const all = lines.join('\n');
    if (all === this.#said) return [];
    this.#said = all;
    return lines;
  }
}

function presentText({ places, parts }: WatchedBytes): string[] {
  const rest = parts.flatMap(unwatchedText);
  return [
    `watched: ${listed(places)}`,
    rest.length === 0 ? 'not watched: nothing' : `not watched: ${rest.join('; ')}`,
  ];
}

const absentText = ({ places }: WatchedBytes): string[] => [
  `watched while it is away: ${listed(places)}`,
  'not watched: its slot, until it is in the map',
];

const listed = (places: WatchedBytes['places']): string =>
  places.length === 0 ? 'nothing' : places.map(({ label }) => printable(label)).join('; ');

/** `bytes 24-167 of value (168 bytes)` */
function unwatchedText({ label, size, unwatched }: WatchedPart): string[] {
  const [first] = unwatched;
  if (first === undefined) return [];
  const name = printable(label);
  if (first.from === 0 && first.to === size) return [`${name} (${bytes(size)})`];
  return [`${unwatched.map(span).join(' and ')} of ${name} (${bytes(size)})`];
}

const span = ({ from, to }: WatchedByteRange): string =>
  to - from === 1 ? `byte ${from}` : `bytes ${from}-${to - 1}`;

const bytes = (n: number): string => (n === 1 ? '1 byte' : `${n} bytes`);
