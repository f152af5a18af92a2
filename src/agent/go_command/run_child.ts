import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
/** What the terminal itself sends to the whole foreground group, so to the child, too. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/** How a program ended. */
export interface ChildEnd {
  readonly code: number;
  readonly signal: NodeJS.Signals | undefined;
}

/** Runs a program in our place: it has our standard files, and gets the signals that we get. */
export function runChild(path: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    const forward = (signal: NodeJS.Signals): void => {
      if (!FROM_TERMINAL.includes(signal) || !isInForeground()) child.kill(signal);
    };
    // Before the child runs: a signal between its start and our first listener would end us alone.
    for (const signal of FORWARDED) process.on(signal, forward);
    const child = spawn(path, args, { stdio: 'inherit', env });
    const finish = (): void => FORWARDED.forEach((signal) => process.off(signal, forward));
    child.once('error', (error) => {
      finish();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      finish();
      resolve({ code: code ?? 1, signal: signal ?? undefined });
    });
  });
}

/** proc(5), stat: the group of this process, and the one that the terminal is with. */
function isInForeground(): boolean {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return group === foreground;
}
