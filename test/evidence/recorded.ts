import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { MAPAUDIT, type Outcome } from '../agent/support.ts';
import { buildGo } from '../support/go_build.ts';

/** A ledger program that waits for a word before its first operation, and before it ends. */
export interface Waiting {
  readonly program: ChildProcess;
  readonly pid: string;
  /** Lets it do its work, and waits until that is done. */
  work(): Promise<void>;
  /** Lets it end. */
  end(): void;
}

/** Starts the program of test/programs/ledger, which writes down in `ledger` what it does. */
export async function waitingLedger(ledger: string, ...args: readonly string[]): Promise<Waiting> {
  return await waiting(buildGo('ledger'), ledger, ...args);
}

/** The same for one that was built otherwise. */
export async function waiting(binary: string, ledger: string, ...args: readonly string[]): Promise<Waiting> {
  const program = spawn(binary, ['-wait', '-out', ledger, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: AsyncIterator<string, string | undefined> = createInterface({ input: program.stdout })[
    Symbol.asyncIterator
  ]();
  const pid = ((await lines.next()).value ?? '').split(' ')[1] ?? '';
  return {
    program,
    pid,
    async work() {
      program.stdin.write('\n');
      while ((await lines.next()).value?.startsWith('done') === false);
    },
    end: () => program.stdin.end('\n'),
  };
}

/** mapaudit in the background. */
export interface Background {
  readonly child: ChildProcess;
  /** What it wrote to stderr so far. */
  readonly said: () => string;
  /** Waits until its probes are in place. */
  attached(): Promise<void>;
  /** Its exit code. */
  ended(): Promise<number | null>;
}

/** Starts mapaudit. `trace` says on stdout that it is attached, `record` on stderr. */
export const background = (...args: readonly string[]): Background => backgroundWith({}, ...args);

/** The same with more in its environment. */
export function backgroundWith(
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Background {
  const child = spawn(process.execPath, [MAPAUDIT, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => {
    if (said.out.length < 10_000) said.out += data.toString('latin1');
  });
  child.stderr.on('data', (data: Buffer) => (said.err += data.toString()));
  // Not `exit`: what it said last may still have to be read then.
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    child,
    said: () => said.err,
    async attached() {
      for (let i = 0; i < 1200; i++) {
        if (/"type":"attached"/.test(said.out + said.err)) return;
        if (child.exitCode !== null) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`mapaudit did not attach: ${said.err}`);
    },
    async ended() {
      await closed;
      return child.exitCode;
    },
  };
}

/** Runs mapaudit to its end, however much it prints. */
export function mapaudit(...args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAPAUDIT, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  return { code: status, out: stdout, err: stderr };
}

/** The lines of JSON output. */
export const linesOf = (text: string): { readonly type: string }[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { type: string });
