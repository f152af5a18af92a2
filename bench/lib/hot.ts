import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Everything that is built for measurements; not in the repository. */
export const CACHE = join(ROOT, 'test', '.cache', 'bench');

export type HotOp = 'delete' | 'assign' | 'access' | 'mixed';

/** What the target prints after each window. */
export interface Window {
  readonly nsPerOp: number;
  readonly ops: number;
}

/** Builds the target program; gives its path. */
export function buildHot({ race = false } = {}): string {
  mkdirSync(CACHE, { recursive: true });
  const binary = join(CACHE, race ? 'hot.race' : 'hot');
  execFileSync('go', ['build', ...(race ? ['-race'] : []), '-o', binary, '.'], {
    cwd: join(ROOT, 'test', 'programs', 'hot'),
  });
  return binary;
}

/** What the target does: operations on maps of so many goroutines, at a rate (0: as fast as it can). */
export interface HotOptions {
  readonly op: HotOp;
  readonly goroutines?: number;
  readonly rate?: number;
  readonly windowMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The target program, running. It tells by its own clock what an operation costs it. */
export class Hot {
  readonly #child: ChildProcess;
  #windows: Window[] = [];

  constructor(binary: string, options: HotOptions) {
    const args = [
      '-op',
      options.op,
      '-g',
      String(options.goroutines ?? 1),
      '-rate',
      String(options.rate ?? 0),
      '-window',
      `${options.windowMs ?? 100}ms`,
    ];
    const env = { ...process.env, ...options.env };
    this.#child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
    let rest = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [, nsPerOp, ops] = line.split(' ').map(Number);
        this.#windows.push({ nsPerOp: nsPerOp ?? NaN, ops: ops ?? 0 });
      }
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Forgets the windows so far. */
  forget(): void {
    this.#windows = [];
  }

  /** Windows since `forget`; the first one began before it and is left out. */
  windows(goroutines = 1): readonly Window[] {
    return this.#windows.slice(goroutines);
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
