import { writeSync } from 'node:fs';
import type { Closable } from '../base/dispose.ts';

const ENTER = '\x1b[?1049h\x1b[2J\x1b[H';
const LEAVE = '\x1b[?1049l\x1b[?25h';
const STDOUT = 1;

/**
 * The terminal's second screen, so that what was on it before comes back. Left on `close`, and when the
 * process ends in whatever way it can notice.
 */
export function enterAlternateScreen(): Closable {
  let inside = true;
  const close = (): void => {
    if (!inside) return;
    inside = false;
    process.removeListener('exit', close);
    put(LEAVE);
  };
  process.once('exit', close);
  put(ENTER);
  return { close };
}

/** Empties the screen: after a resize nothing on it is where it was. */
export function emptyScreen(): void {
  put('\x1b[2J\x1b[H');
}

function put(text: string): void {
  try {
    writeSync(STDOUT, text);
  } catch {
    // The terminal is gone: there is nothing to restore.
  }
}
