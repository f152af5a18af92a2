import { type ChildProcess, spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TraceLine } from '../../src/protocol/questions.ts';
import type { Attached } from '../../src/protocol/attached.ts';
import type { Summary } from '../../src/protocol/summary.ts';
import { type CompareOptions, Comparer, type Comparison } from './compare.ts';
import { readLedger } from './rows.ts';

const MAPAUDIT = fileURLToPath(new URL('../../bin/mapaudit', import.meta.url));

/** One run of the ledger program under mapaudit. */
export interface LedgerRun {
  /** The built program. */
  readonly program: string;
  readonly events: number;
  /** Operations a second. */
  readonly rate: number;
  readonly seed?: number;
  /** More arguments of the program, and of `mapaudit trace`. */
  readonly programArgs?: readonly string[];
  readonly traceArgs?: readonly string[];
  /** Operations that are traced; by default all writes, and growth. */
  readonly ops?: readonly string[];
  /** How operations are noticed; by default as mapaudit chooses. */
  readonly probe?: 'kernel' | 'inline' | 'build';
  /** The program was built with inlining, as by default. */
  readonly inlines?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Of the program; `env` is mapaudit's. */
  readonly programEnv?: Readonly<Record<string, string>>;
}

export interface LedgerResult extends Comparison {
  readonly attached: Attached | undefined;
  readonly summary: Summary | undefined;
}

const WRITES = ['delete', 'assign', 'clear', 'grow'];

/** Runs the program, traces it from its first operation to its last, and compares the two accounts. */
export async function runLedger(run: LedgerRun): Promise<LedgerResult> {
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-ledger-'));
  try {
    return await runIn(folder, run);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runIn(folder: string, run: LedgerRun): Promise<LedgerResult> {
  const ops = run.ops ?? WRITES;
  const [ledger, trace] = [join(folder, 'ledger.tsv'), join(folder, 'trace.jsonl')];
  const args = [
    '-wait',
    '-ops',
    String(run.events),
    '-rate',
    String(run.rate),
    '-seed',
    String(run.seed ?? 1),
  ];
  const program = spawn(run.program, [...args, '-out', ledger, ...(run.programArgs ?? [])], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...run.programEnv },
  });
  const lines = linesOf(program);
  try {
    const pid = (await lines.next()).value?.split(' ')[1] ?? '';
    const tracer = spawn(
      process.execPath,
      [
        MAPAUDIT,
        'trace',
        '-p',
        pid,
        '--op',
        ops.join(','),
        '--ring',
        '64M',
        '--probe',
        run.probe ?? 'auto',
        '--json',
        '-o',
        trace,
        ...(run.traceArgs ?? []),
      ],
      { stdio: ['ignore', 'inherit', 'pipe'], env: { ...process.env, ...run.env } },
    );
    const complaint = textOf(tracer);
    await attachedIn(trace, tracer, complaint);
    program.stdin.write('\n');
    for (let line = await lines.next(); line.done !== true; line = await lines.next())
      if (line.value.startsWith('done')) break;
    program.stdin.end('\n');
    const code = await exitOf(tracer);
    if (code !== 0) throw new Error(`mapaudit ended with code ${String(code)}: ${complaint.text}`);
    return await compareFiles(ledger, trace, { ops: new Set(ops), inlines: run.inlines ?? true });
  } finally {
    program.kill('SIGKILL');
  }
}

async function compareFiles(ledger: string, trace: string, options: CompareOptions): Promise<LedgerResult> {
  const comparer = new Comparer(await readLedger(ledger), options);
  let attached: Attached | undefined;
  let summary: Summary | undefined;
  for await (const line of createInterface({ input: createReadStream(trace) })) {
    const parsed = JSON.parse(line) as TraceLine;
    if (parsed.type === 'event') comparer.add(parsed);
    else if (parsed.type === 'attached') attached = parsed;
    else if (parsed.type === 'summary') summary = parsed;
  }
  return { ...comparer.finish(), attached, summary };
}

/** Waits for the first line of the output: the probes are in place. */
async function attachedIn(path: string, tracer: ChildProcess, complaint: { text: string }): Promise<void> {
  for (let i = 0; i < 2400; i++) {
    if (tracer.exitCode !== null) throw new Error(`mapaudit ended: ${complaint.text}`);
    try {
      if (readFileSync(path, 'utf8').includes('\n')) return;
    } catch {
      // not there yet
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('mapaudit did not attach within two minutes');
}

async function* linesOf(child: ChildProcess): AsyncGenerator<string, undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) yield line;
  return undefined;
}

function textOf(child: ChildProcess): { text: string } {
  const said = { text: '' };
  child.stderr?.on('data', (data: Buffer) => (said.text += data.toString()));
  return said;
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once('exit', resolve));

/** `events 1,000,000 · missing 0 · extra 0 · wrong 0 …` and the first differences. */
export function report(result: LedgerResult): string {
  const n = (value: number): string => value.toLocaleString('en-US');
  const head = [
    `events ${n(result.events)}`,
    `missing ${n(result.missing)}`,
    `extra ${n(result.extra)}`,
    `wrong ${n(result.wrong)}`,
    `found unknown ${n(result.unknownFound)}`,
    `len unknown ${n(result.unknownLen)}`,
    `keys cut ${n(result.cutKeys)}`,
    `keys not planned for ${n(result.unplannedKeys)}`,
    `ids unsure ${n(result.unsureIds)}`,
    `lost ${n(result.summary?.lost ?? 0)}`,
  ].join(' · ');
  const ops = Object.entries(result.byOp).map(([op, count]) => `${op} ${n(count)}`);
  const fields = Object.entries(result.byField).map(([field, count]) => `  ${field}: ${n(count)}`);
  const first = result.first.map((d) => `  ${JSON.stringify(d)}`);
  return [head, `  ${ops.join(' · ')}`, ...fields, ...first].join('\n');
}
