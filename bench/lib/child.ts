import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from './hot.ts';

const MAIN = join(ROOT, 'dist', 'cli', 'main.js');
/** What bin/mapaudit of an installed package does. */
const START = `const { main } = await import(process.argv[1]); process.exit(await main(process.argv.slice(2)));`;

/** Compiles mapaudit as it stands in this checkout. */
export function buildMapaudit(): void {
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs')], { stdio: 'inherit' });
}

const AGAIN_MS = 10_000;

/** A tool that observes the target: mapaudit or bpftrace. */
export class Tool {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  stdout = '';
  stderr = '';

  constructor(
    command: string,
    args: readonly string[],
    options: { quiet?: boolean; env?: NodeJS.ProcessEnv } = {},
  ) {
    const stdout = options.quiet === true ? 'ignore' : 'pipe';
    const env = { ...process.env, ...options.env };
    this.child = spawn(command, args, { stdio: ['ignore', stdout, 'pipe'], env });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = once(this.child, 'close').then(() => undefined);
  }

  /** Waits until `seen` holds; throws when the tool ends before, or after 60 s. */
  async until(seen: () => boolean): Promise<void> {
    const end = Date.now() + 60_000;
    while (!seen()) {
      if (this.child.exitCode !== null || Date.now() > end)
        throw new Error(`${this.child.spawnfile} did not get ready: ${this.stderr || this.stdout}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** Never resolves while it runs; throws when it ends. */
  async failed(): Promise<never> {
    await this.ended;
    throw new Error(`${this.child.spawnfile} ended early: ${this.stderr}`);
  }

  /** bpftrace does not notice a signal that comes while it does not wait for events: it gets another one then. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    if (this.child.exitCode === null) this.child.kill(signal);
    const again = setInterval(() => this.child.kill(signal), AGAIN_MS);
    await this.ended;
    clearInterval(again);
  }
}

/** mapaudit, compiled, as an installed package runs it. */
export function mapaudit(
  args: readonly string[],
  options: { quiet?: boolean; node?: readonly string[] } = {},
): Tool {
  const node = [...(options.node ?? []), '--input-type=module', '-e', START, MAIN, ...args];
  return new Tool(process.execPath, node, options);
}
