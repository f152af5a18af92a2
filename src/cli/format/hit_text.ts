import type { Summary } from '../../protocol/summary.ts';
import type { Hit, WatchValue, WatchedThreads } from '../../protocol/watch.ts';
import { placeLabel, shortFunction } from '../../protocol/text/labels.ts';
import { counted, grouped } from '../../protocol/text/numbers.ts';
import { printable } from '../../protocol/text/printable.ts';
import { layout, row, type Column } from '../../protocol/text/table.ts';
import type { Style } from '../output/style.ts';
import { stackLines } from './event_text.ts';
import { LocalTime } from './local_time.ts';
import { lostText, runEndText } from './summary_text.ts';

const COLUMNS: readonly Column[] = [
  { title: 'TIME', min: 12, ideal: 12 },
  { title: 'PLACE', min: 8, ideal: 18, grows: true },
  { title: 'GOROUTINE', min: 9, ideal: 25, grows: true, drop: 2 },
  { title: 'THREAD', min: 7, ideal: 7, drop: 1 },
  { title: 'VALUE', min: 10, ideal: 24, grows: true },
  { title: 'WRITER', min: 18, ideal: 31, grows: true },
];

/** Hits as aligned lines, the heading before the first. */
export class HitText {
  readonly #style: Style;
  readonly #width: () => number | undefined;
  readonly #time = new LocalTime();
  #widths: readonly number[] = [];
  #laidOutFor: number | undefined | 'never' = 'never';

  constructor(style: Style, width: () => number | undefined) {
    this.#style = style;
    this.#width = width;
  }

  lines(hit: Hit): readonly string[] {
    const lines = this.#heading();
    lines.push(row(cells(hit, this.#time), COLUMNS, this.#widths, this.#laidOutFor !== undefined));
    if (hit.stack !== undefined) lines.push(...stackLines(hit.stack, this.#style, this.#width()));
    return lines;
  }

  #heading(): string[] {
    const width = this.#width();
    if (width === this.#laidOutFor) return [];
    this.#laidOutFor = width;
    this.#widths = layout(COLUMNS, width);
    const titles = COLUMNS.map((column) => column.title);
    return [this.#style.bold(row(titles, COLUMNS, this.#widths))];
  }
}

function cells(hit: Hit, time: LocalTime): string[] {
  const { place, goroutine, thread, writer, caller } = hit;
  const start = goroutine?.start === undefined ? '' : ` ${shortFunction(goroutine.start)}`;
  const by = hit.kernel === true ? 'kernel for ' : '';
  const behind = caller === undefined ? '' : `${placeLabel(caller)} through `;
  return [
    time.of(hit.time),
    place.label === undefined ? place.address : printable(place.label),
    goroutine === undefined ? '' : `${goroutine.id}${start}`,
    String(thread),
    changeText(hit),
    `${by}${behind}${placeLabel(writer)}`,
  ];
}

/** `41 -> 42`; of a string's words the string, where it is known. */
function changeText({ before, after, string }: Hit): string {
  if (string?.after === undefined) return `${valueText(before)} -> ${valueText(after)}`;
  return `${printable(string.before ?? '?')} -> ${printable(string.after)}`;
}

const valueText = (value: WatchValue | undefined): string =>
  value === undefined ? '?' : printable(value.text ?? value.word);

/** `3 hits · 0 lost · 9 threads (2 new ones unwatched for up to 11 ms)`, and before it why it ended. */
export function watchSummaryText(summary: Summary): readonly string[] {
  const { watched } = summary;
  const parts = [counted(summary.events, 'hit'), lostText(summary)];
  if (watched !== undefined) {
    const late =
      watched.late_threads === 0
        ? ''
        : ` (${grouped(watched.late_threads)} new, unwatched at first for up to ${watched.longest_gap_ms.toFixed(1)} ms)`;
    parts.push(`${counted(watched.threads, 'thread')}${late}`);
    parts.push(...followedText(watched));
  }
  return [...runEndText(summary), parts.join(' · ')];
}

/** `moved 2 times · left the map once · …` */
function followedText({ moves, gone = 0, returned = 0, retargeted = 0 }: WatchedThreads): string[] {
  const happened: [count: number, what: string][] = [
    [moves, 'moved'],
    [gone, 'left the map'],
    [returned, 'came back'],
    [retargeted, 'pointed elsewhere'],
  ];
  return happened
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${what} ${count === 1 ? 'once' : counted(count, 'time')}`);
}

/** What to do when the summary is not what one hopes for. */
export function watchAdvice(summary: Summary): string | undefined {
  if (summary.lost > 0)
    return 'Hits came faster than they could be told: watch a place that is touched less often.';
  if (summary.events > 0) return undefined;
  // Of a key: its slot is followed.
  return summary.watched?.gone === undefined
    ? 'Nothing was seen. The place may have moved: a map that grows takes its elements elsewhere.'
    : 'Nothing was written to the bytes that are watched. To watch others: --part, --field, --offset.';
}
