import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { isMapauditError } from '../base/errors.ts';
import { jsonLine } from '../base/json_line.ts';
import type { ApiError, ApiLive } from '../protocol/api.ts';
import { SECURITY_HEADERS } from './answer.ts';

/** A line that says nothing keeps what lies between from closing, and shows soon that nobody listens any more. */
const BEAT_MS = 15_000;
/** How long a browser waits before it comes again. */
const RETRY_MS = 2000;

/**
 * Sends messages until somebody ends it. The next is asked for when the client has taken the last: whoever answers
 * keeps no more than it wants to for one that is slow. What a client has missed while it was away is in the store,
 * so an id from before (Last-Event-ID) needs no answer.
 */
export async function sendLive(
  response: ServerResponse,
  open: (signal: AbortSignal) => AsyncIterable<ApiLive>,
  ending: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  const end = (): void => gone.abort();
  response.once('close', end);
  ending.addEventListener('abort', end, { once: true });
  const beat = setInterval(() => {
    // One that is behind knows that something is there.
    if (response.writableLength === 0) response.write(': beat\n\n');
  }, BEAT_MS);
  try {
    const messages = open(gone.signal);
    response.writeHead(200, {
      ...SECURITY_HEADERS,
      'cache-control': 'no-store',
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
    await pump(response, messages, gone.signal);
  } finally {
    clearInterval(beat);
    ending.removeEventListener('abort', end);
    gone.abort();
  }
}

async function pump(
  response: ServerResponse,
  messages: AsyncIterable<ApiLive>,
  signal: AbortSignal,
): Promise<void> {
  let id = 0;
  try {
    for await (const message of messages) {
      if (signal.aborted) break;
      const isTaken = response.write(`id: ${++id}\ndata: ${jsonLine(message)}\n\n`);
      if (!isTaken) await once(response, 'drain', { signal });
    }
  } catch (error) {
    if (signal.aborted) {
      response.destroy();
      return;
    }
    response.write(`event: failed\ndata: ${jsonLine(told(error))}\n\n`);
  }
  response.end();
}

const told = (error: unknown): ApiError =>
  isMapauditError(error)
    ? {
        type: 'error',
        code: error.code,
        message: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      }
    : { type: 'error', code: 'internal', message: 'a fault of mapaudit itself' };
