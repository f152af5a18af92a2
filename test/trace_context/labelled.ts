import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TraceEvent } from '../../src/protocol/event.ts';
import type { TraceLine } from '../../src/protocol/questions.ts';
import type { Summary } from '../../src/protocol/summary.ts';

const MAPAUDIT = fileURLToPath(new URL('../../bin/mapaudit', import.meta.url));

/** An operation as the program has written it down. */
export interface LedgerRow {
  readonly goid: number;
  readonly op: string;
  readonly key: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** What was told of a program. */
export interface Traced {
  readonly lines: readonly TraceLine[];
  readonly events: readonly TraceEvent[];
  readonly summary: Summary | undefined;
  /** On stderr. */
  readonly said: string;
  /** What a command that was given made of the file that `record` wrote. */
  readonly file: string;
}

export interface Labelled extends Traced {
  readonly ledger: readonly LedgerRow[];
}

/** How it is run, where that is not as always. */
export interface LabelledRun {
  readonly command?: 'trace' | 'record';
  /** Of mapaudit. */
  readonly env?: Readonly<Record<string, string>>;
  readonly programArgs?: readonly string[];
  readonly programEnv?: Readonly<Record<string, string>>;
}

/** Lets the program do its operations under mapaudit with these arguments, which writes to a file. */
export async function runLabelled(
  program: string,
  args: readonly string[],
  use: (result: Labelled) => void | Promise<void>,
  { command = 'trace', env = {}, programArgs = [], programEnv = {} }: LabelledRun = {},
): Promise<void> {
  await inFolder(async (folder) => {
    const ledger = join(folder, 'ledger.jsonl');
    const run = { command, env, programArgs: ['-out', ledger, ...programArgs], programEnv };
    const traced = await runTraced(program, args, folder, run);
    await use({ ...traced, ledger: parsed<LedgerRow>(ledger) });
  });
}

/** The same of a program that writes nothing down. */
export async function runForeign(program: string, args: readonly string[]): Promise<Traced> {
  return await inFolder((folder) => runTraced(program, args, folder, {}));
}

async function inFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-labels-'));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runTraced(
  program: string,
  args: readonly string[],
  folder: string,
  { command = 'trace', env = {}, programArgs = [], programEnv = {} }: LabelledRun,
): Promise<Traced> {
  const file = join(folder, 'trace');
  const child = spawn(program, programArgs, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...programEnv },
  });
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const pid = String((await lines.next()).value).split(' ')[1] ?? '';
    const common = ['-p', pid, '--map', String.raw`^map\[main\.key\]int$`, '--op', 'delete,assign,access'];
    const tracer = spawn(
      process.execPath,
      [MAPAUDIT, command, ...common, '--ring', '64M', '--json', '-o', file, ...args],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } },
    );
    const said = textOf(tracer);
    await attached(tracer, said, command === 'trace' ? file : undefined);
    child.stdin.write('\n');
    await lines.next(); // done
    child.stdin.end('\n');
    const code = await exitOf(tracer);
    if (code !== 0) throw new Error(`mapaudit ended with code ${String(code)}: ${said.text}`);
    const shown = command === 'trace' ? parsed<TraceLine>(file) : [];
    return {
      lines: shown,
      events: shown.filter((line) => line.type === 'event'),
      summary: shown.find((line) => line.type === 'summary'),
      said: said.text,
      file,
    };
  } finally {
    child.kill('SIGKILL');
  }
}

/** What mapaudit prints, line by line. Errors: what it says when it fails. */
export async function printed(args: readonly string[]): Promise<readonly TraceLine[]> {
  const child = spawn(process.execPath, [MAPAUDIT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = textOf(child);
  if ((await exitOf(child)) !== 0) throw new Error(said.text);
  return said.out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TraceLine);
}

const parsed = <T>(path: string): T[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

interface Said {
  text: string;
  out: string;
}

function textOf(child: ChildProcess): Said {
  const said: Said = { text: '', out: '' };
  child.stderr?.on('data', (part: Buffer) => (said.text += part.toString()));
  child.stdout?.on('data', (part: Buffer) => (said.out += part.toString()));
  return said;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return child.exitCode;
}

/** Waits until the probes are in place: `trace` says so in its file, `record` on its way. */
async function attached(child: ChildProcess, said: Said, file: string | undefined): Promise<void> {
  const told = (): string => (file === undefined ? said.out + said.text : textIn(file));
  while (!told().includes('attached')) {
    if (child.exitCode !== null) throw new Error(`mapaudit ended: ${said.out}${said.text}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
