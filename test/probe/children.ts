import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Pid } from '../../src/model/ids.ts';

const CHILD = fileURLToPath(new URL('attach_child.ts', import.meta.url));

/** A process that is about to attach a probe. */
export interface AttachChild {
  readonly process: ChildProcess;
  /** What came of it. Rejects when the process ended before. */
  readonly answer: Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Runs attach_child.ts on the process, and returns just before it attaches. `before` is a command that runs it
 * with other rights, `flags` are Node's.
 */
export async function attachInChild(
  pid: Pid,
  before: readonly string[] = [],
  flags: readonly string[] = [],
): Promise<AttachChild> {
  const node = [process.execPath, ...flags, '--import', import.meta.resolve('tsx'), CHILD, String(pid)];
  const [command = '', ...args] = [...before, ...node];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Readonly<Record<string, unknown>>> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('the child has ended');
    return JSON.parse(line.value) as Record<string, unknown>;
  };
  await next();
  const answer = next();
  answer.catch(() => undefined);
  return { process: child, answer };
}

export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
