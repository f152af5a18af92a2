import type { ReactNode } from 'react';
import { printable } from '../text/show.ts';

/**
 * A text that comes from a program: what could steer the page is written out (`\u202e`), and its direction stays its
 * own. Always a text node, whatever it looks like.
 */
export function Name({ text, title }: { readonly text: string; readonly title?: string }): ReactNode {
  const shown = printable(text);
  return <bdi title={title === undefined ? undefined : printable(title)}>{shown === '' ? '""' : shown}</bdi>;
}
