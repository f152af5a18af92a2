import type { Notice } from '../../protocol/notice.ts';

/** What is to be said of kept events of which it did not show whether they are about the key that was asked for. */
export function keptNotices({ unnamed, cut }: { readonly unnamed: number; readonly cut: number }): Notice[] {
  return [...unnamedNotice(unnamed), ...cutNotice(cut)];
}

function unnamedNotice(count: number): Notice[] {
  if (count === 0) return [];
  const message = `${count.toLocaleString('en-US')} events have no whole key, and may be about this one`;
  return [
    {
      type: 'notice',
      level: 'warning',
      code: 'keys-not-kept',
      message,
      hint: 'Keep events with --keys=full.',
    },
  ];
}

function cutNotice(count: number): Notice[] {
  if (count === 0) return [];
  return [
    {
      type: 'notice',
      level: 'warning',
      code: 'keys-cut',
      message: `of ${count.toLocaleString('en-US')} events only the beginning of the key was kept, which is that of this key; what follows may differ`,
    },
  ];
}
