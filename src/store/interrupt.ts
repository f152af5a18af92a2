import type { DuckDBConnection } from '@duckdb/node-api';
import { MapauditError } from '../base/errors.ts';

/** An interrupt that comes between two steps of a statement is lost: they come again until it has ended. */
const EVERY_MS = 100;

/** Interrupts what runs on the connection from the moment that it is over. What is interrupted fails with `INTERRUPT`. */
export async function interruptible<T>(
  connection: DuckDBConnection,
  isOver: () => boolean,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(() => {
    if (isOver()) connection.interrupt();
  }, EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Whoever asked does not wait for the answer any more. */
export const nobodyWaits = (): MapauditError =>
  new MapauditError('nobody-waits', 'the question was ended: whoever asked has gone');
