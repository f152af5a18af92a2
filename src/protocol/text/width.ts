import stringWidth from 'string-width';

const ASCII = /^[\x20-\x7e]*$/;
const ELLIPSIS = '…';
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns that a printable text takes on a terminal. */
export function widthOf(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

/** Cut in the middle, so that both the package and the name at the end stay readable. */
export function middleTruncate(text: string, width: number): string {
  const whole = widthOf(text);
  if (whole <= width) return text;
  if (width <= 1) return width === 1 ? ELLIPSIS : '';
  const head = Math.floor((width - 1) / 2);
  const tail = width - 1 - head;
  if (whole === text.length && ASCII.test(text)) return text.slice(0, head) + ELLIPSIS + text.slice(-tail);
  const letters = Array.from(segmenter.segment(text), (part) => part.segment);
  return take(letters, head) + ELLIPSIS + take(letters.reverse(), tail, true);
}

function take(letters: readonly string[], width: number, reversed = false): string {
  const taken: string[] = [];
  let left = width;
  for (const letter of letters) {
    left -= widthOf(letter);
    if (left < 0) break;
    taken.push(letter);
  }
  return (reversed ? taken.reverse() : taken).join('');
}

/** Cut or filled with spaces to exactly `width` columns. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = middleTruncate(text, width);
  const fill = ' '.repeat(Math.max(0, width - widthOf(cut)));
  return align === 'left' ? cut + fill : fill + cut;
}
