import { isMapauditError, messageOf } from '../base/errors.ts';
import { secondText } from './time_text.ts';

/** What keeps the store from writing, since when, and what it has cost. */
export class Trouble {
  readonly since: number;
  readonly text: string;
  /** DuckDB does not go on with this instance: it is to be opened again. */
  readonly fatal: boolean;
  dropped = 0;
  coarser = false;
  #tried = performance.now();

  constructor(error: unknown, since: number) {
    this.since = since;
    this.text = textOf(error);
    this.fatal = isFatal(error);
  }

  /** Whether it is time to try again. */
  get isDue(): boolean {
    return performance.now() - this.#tried >= RETRY_MS;
  }

  triedAgain(error: unknown): Trouble {
    const next = new Trouble(error, this.since);
    next.dropped = this.dropped;
    next.coarser = this.coarser;
    return next;
  }

  /** What is said when it begins. */
  get news(): string {
    return `The store is not written since ${secondText(this.since)}: ${this.text}. What is seen is counted in memory meanwhile`;
  }

  /** What is said when it is over. */
  get story(): string {
    const lost =
      this.dropped === 0 ? 'nothing was lost' : `${this.dropped} events and other single facts were given up`;
    const counts = this.coarser ? 'counts are whole, but of that time by longer windows' : 'counts are whole';
    return `The store is written again, with what was seen since ${secondText(this.since)}: ${lost}, ${counts}`;
  }
}

const RETRY_MS = 1000;

/** Thrown before DuckDB tries in vain. */
export class DiskFull extends Error {
  constructor() {
    super('No space left on device');
  }
}

/** Also a quota that is used up. */
export const isDiskFull = (error: unknown): boolean =>
  isMapauditError(error, 'disk-full') || /No space left|Disk quota exceeded/.test(messageOf(error));

const isFatal = (error: unknown): boolean => /FATAL|invalidated/.test(messageOf(error));

function textOf(error: unknown): string {
  if (isDiskFull(error)) return 'the disk is full';
  const text = messageOf(error);
  return `it cannot be written: ${text.split('\n', 1)[0] ?? text}`;
}
