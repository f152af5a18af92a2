const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Aborted by the first Ctrl-C (or SIGTERM, SIGHUP): the run takes out its probes and prints its summary. The
 * second one ends the process at once, which is safe too: the kernel then takes the probes out.
 */
export function endingSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ENDING) {
    process.on(name, () => {
      if (controller.signal.aborted) endNow(name);
      controller.abort();
    });
  }
  return controller.signal;
}

/** Dies of the signal as if nobody had caught it; works even when a thread hangs in a write. */
function endNow(name: NodeJS.Signals): void {
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}
