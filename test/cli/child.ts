import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command that starts the command line with the fake behind it. */
export const FAKE_COMMAND: readonly string[] = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  fileURLToPath(new URL('fake_main.ts', import.meta.url)),
];

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the faked mapaudit; stdout and stderr are pipes unless told otherwise. */
export function startFake(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  stdout: 'pipe' | number = 'pipe',
): ChildProcess {
  const [node = '', ...before] = FAKE_COMMAND;
  const all = { ...process.env, TZ: 'UTC', ...env };
  return spawn(node, [...before, ...args], { env: all, stdio: ['ignore', stdout, 'pipe'] });
}

/** Collects what a child writes until it ends. */
export function finished(child: ChildProcess): Promise<Finished> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Runs the faked mapaudit to its end. */
export function fakeMapaudit(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  return finished(startFake(args, env));
}
