import { KEY_PART_MAX, KEY_RAW_MAX, KEY_TEXT_MAX } from '../../model/record.ts';
import type { Notice } from '../../protocol/notice.ts';

/** Events of which it did not show whether they are about the key that was asked for. */
export interface KeyDoubts {
  /** The key was captured in part: that, and its length, are those of the wanted one. These are shown. */
  readonly cut: number;
  /** The key could not be read, or nothing is known of its type. These are not. */
  readonly unknown: number;
}

export const NO_DOUBTS: KeyDoubts = { cut: 0, unknown: 0 };

export const addDoubts = (a: KeyDoubts, b: KeyDoubts): KeyDoubts => ({
  cut: a.cut + b.cut,
  unknown: a.unknown + b.unknown,
});

/** What a run says of them at its end. */
export function doubtNotices({ cut, unknown }: KeyDoubts): Notice[] {
  const notices: Notice[] = [];
  if (cut > 0)
    notices.push({
      type: 'notice',
      level: 'warning',
      code: 'keys-cut',
      message: `${amount(cut)} ${cut === 1 ? 'is' : 'are'} longer than what is captured of a key: as far as that goes it is this key, what follows may differ`,
      hint: `Captured are ${KEY_TEXT_MAX} bytes of a string, ${KEY_RAW_MAX} of other keys, and ${KEY_PART_MAX} of each of two strings inside of them.`,
    });
  if (unknown > 0)
    notices.push({
      type: 'notice',
      level: 'warning',
      code: 'keys-not-read',
      message: `${amount(unknown)} could not be read, and may be this one; ${unknown === 1 ? 'it is' : 'they are'} not shown`,
    });
  return notices;
}

function amount(n: number): string {
  return n === 1 ? 'the key of 1 event' : `the keys of ${n.toLocaleString('en-US')} events`;
}
