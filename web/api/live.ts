import type { ApiLive } from '../../src/protocol/api.ts';
import { AskError, errorOf, open, type Params } from './ask.ts';

/** The server is asked again after so long, longer each time that it is not there. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** What happens to a connection that stays. */
export interface LiveWatcher {
  readonly message: (message: ApiLive) => void;
  readonly open: () => void;
  /** It is tried again, unless the token is wrong or the server has refused the question. */
  readonly broken: (error: AskError) => void;
}

/**
 * Server-sent events over fetch, which, other than EventSource, can send the token as a header and tells why it
 * was refused. Goes on until the signal says so.
 */
export async function watchLive(params: Params, watcher: LiveWatcher, signal: AbortSignal): Promise<void> {
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      const response = await open('live', params, signal);
      watcher.open();
      for await (const message of messagesOf(response)) {
        wait = FIRST_WAIT_MS;
        watcher.message(message);
      }
    } catch (error) {
      if (aborted(signal)) return;
      if (error instanceof AskError && error.kind !== 'gone') {
        watcher.broken(error);
        return;
      }
    }
    if (aborted(signal)) return;
    watcher.broken(
      new AskError('gone', 'no-server', 'mapaudit serve does not answer.', 'sudo mapaudit serve'),
    );
    await slept(wait, signal);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

/** The compiler takes `aborted` for constant. */
const aborted = (signal: AbortSignal): boolean => signal.aborted;

async function* messagesOf(response: Response): AsyncGenerator<ApiLive> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const message = messageOf(block);
      if (message !== undefined) yield message;
    }
  }
}

/** One block of lines: `data: {…}`; comments and ids mean nothing here. Throws what `event: failed` tells. */
export function messageOf(block: string): ApiLive | undefined {
  const lines = block.split(/\r?\n/);
  const data = lines
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
    .join('\n');
  if (data === '') return undefined;
  try {
    const message: unknown = JSON.parse(data);
    if (lines.includes('event: failed'))
      throw errorOf(message, 'refused', 'live-failed', 'The server has ended the stream.');
    return isLive(message) ? message : undefined;
  } catch (error) {
    if (error instanceof AskError) throw error;
    return undefined;
  }
}

function isLive(message: unknown): message is ApiLive {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  return ['window', 'events', 'totals', 'finding', 'status'].some((type) => type === message.type);
}

function slept(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
