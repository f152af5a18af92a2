import { endSuddenly } from '../base/sudden_end.ts';

const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Nobody may read stderr: for the last word the end waits no longer. */
const WORD_MS = 500;

/**
 * Aborted by the first Ctrl-C (or SIGTERM, SIGHUP): the run takes out its probes and prints its summary. At the
 * second one `lastWord` says what that costs, and the process ends, which is safe too: the kernel then takes the probes
 * out. A third one does not wait for the word.
 */
export function endingSignal(lastWord: () => Promise<void>): AbortSignal {
  const controller = new AbortController();
  let isSaying = false;
  for (const name of ENDING) {
    process.on(name, () => {
      if (!controller.signal.aborted) {
        controller.abort();
        return;
      }
      if (isSaying) endNow(name);
      isSaying = true;
      const end = (): void => endNow(name);
      setTimeout(end, WORD_MS);
      lastWord().then(end, end);
    });
  }
  return controller.signal;
}

/** Dies of the signal as if nobody had caught it; works even when a thread hangs in a write. */
function endNow(name: NodeJS.Signals): void {
  endSuddenly();
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}
