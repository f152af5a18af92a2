import stringWidth from 'string-width';
import { printable } from './printable.ts';

/** The text and, below it, a caret under its character `at`; both indented. */
export function pointAt(text: string, at: number): string {
  const before = stringWidth(printable(text.slice(0, at)));
  return `    ${printable(text)}\n    ${' '.repeat(before)}^`;
}
