import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAPAUDIT } from '../agent/support.ts';

/** What a program that keeps a ledger, and mapaudit beside it, have to say. */
export interface Traced {
  /** What the program printed when it was ready. */
  readonly ready: readonly string[];
  /** Rows of the ledger, tab-separated. */
  readonly ledger: readonly (readonly string[])[];
  /** Lines of mapaudit. */
  readonly lines: readonly { readonly type: string }[];
  readonly text: string;
}

/** How to run it. `args` get the program's `ready` line, and are what follows `mapaudit`. */
export interface TracedRun {
  readonly program: string;
  readonly programArgs?: readonly string[];
  readonly args: (ready: readonly string[]) => readonly string[];
  readonly json?: boolean;
}

/** Runs a program of test/programs under a command of mapaudit from its first operation to its last. */
export async function traced(run: TracedRun): Promise<Traced> {
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-know-'));
  const ledger = join(folder, 'ledger.tsv');
  const output = join(folder, 'out');
  const program = spawn(run.program, ['-out', ledger, ...(run.programArgs ?? [])], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: AsyncIterator<string, string | undefined> = createInterface({ input: program.stdout })[
    Symbol.asyncIterator
  ]();
  try {
    const ready = ((await lines.next()).value ?? '').split(' ');
    const args = [...run.args(ready), ...(run.json === false ? [] : ['--json'])];
    const tracer = spawn(process.execPath, [MAPAUDIT, ...args, '-p', ready[1] ?? '', '-o', output], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    let complaint = '';
    tracer.stderr.on('data', (data: Buffer) => (complaint += data.toString()));
    await attachedIn(output, tracer, () => complaint);
    program.stdin.write('\n');
    await lines.next();
    // Names of types are read from the process: it must live until its events have been looked at.
    await hasLooked(tracer);
    program.stdin.end();
    const code = tracer.exitCode ?? (await new Promise((resolve) => tracer.once('exit', resolve)));
    if (code !== 0) throw new Error(`mapaudit ended with code ${String(code)}: ${complaint}`);
    const text = readFileSync(output, 'utf8');
    return {
      ready,
      ledger: rowsOf(readFileSync(ledger, 'utf8')),
      lines:
        run.json === false
          ? []
          : text
              .trimEnd()
              .split('\n')
              .map((line) => JSON.parse(line) as { type: string }),
      text,
    };
  } finally {
    program.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How often mapaudit is to have gone to sleep: it does so after each look at its rings, and for 25 ms at most. */
const SLEEPS = 60;

/** Waits until mapaudit, however slow the machine, has looked at what has come: some 1.5 s when nothing else runs. */
async function hasLooked({ pid }: ChildProcess): Promise<void> {
  const first = sleepsOf(pid);
  for (let i = 0; i < 600; i++) {
    await sleep(100);
    // Without a number it has ended.
    const now = sleepsOf(pid);
    if (first === undefined || now === undefined || (i >= 14 && now >= first + SLEEPS)) return;
  }
}

function sleepsOf(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const [, sleeps] = /^voluntary_ctxt_switches:\s+(\d+)/m.exec(status) ?? [];
    return sleeps === undefined ? undefined : Number(sleeps);
  } catch {
    return undefined;
  }
}

const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));

/** Waits for the first line of the output: the probes are in place. */
async function attachedIn(path: string, tracer: ChildProcess, complaint: () => string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (tracer.exitCode !== null) throw new Error(`mapaudit ended: ${complaint()}`);
    try {
      if (readFileSync(path, 'utf8').includes('\n')) return;
    } catch {
      // not there yet
    }
    await sleep(50);
  }
  throw new Error('mapaudit did not attach within 30 s');
}
