import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { parseElf } from '../../src/binary/elf/elf_file.ts';
import { openFile } from '../../src/sys/file_source.ts';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));
const CACHE = fileURLToPath(new URL('../.cache/inline/', import.meta.url));

/** Words of the program's counters that must rise. */
const RISING = [2, 4, 5, 7, 9, 10, 11, 14];
const WORDS = 16;
/** Where the results stand, and how many: test/programs/patched/main.go. */
const RESULTS = { from: 512, workers: 6, each: 512 } as const;

/** One program under load, and what it says of itself. */
export class LoadedProgram {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), 'mapaudit-inline-'));
  readonly #path: string;
  readonly #stat: string;

  /** `wrapper`: a command that runs the one behind it, as the same process. */
  constructor(path: string, threads = 0, wrapper: readonly string[] = []) {
    this.#path = path;
    this.#stat = join(this.#folder, 'stat');
    const words = [...wrapper, path, String(threads)];
    this.#process = spawn(words[0] ?? path, words.slice(1), {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, STAT: this.#stat },
    });
    this.pid = this.#process.pid ?? -1;
  }

  async started(): Promise<void> {
    while (this.#words()?.[1] !== 1) await pause(20);
  }

  /** What is wrong with it; undefined when nothing is. All its parts must go on within half a minute. */
  async harm(): Promise<string | undefined> {
    const before = this.#words() ?? [];
    for (let i = 0; i < 1200; i++) {
      if (this.#process.exitCode !== null || this.#process.signalCode !== null)
        return `it has ended: ${this.#process.exitCode ?? this.#process.signalCode ?? ''}`;
      const now = this.#words() ?? [];
      if (now[0] !== 0) return `${now[0] ?? '?'} entries of its ledger are wrong`;
      if (RISING.every((word) => (now[word] ?? 0) > (before[word] ?? 0))) return undefined;
      await pause(25);
    }
    return 'it does not go on';
  }

  /** What its workers have computed so far, worker by worker: the same in each run. */
  results(): bigint[][] {
    const bytes = readFileSync(this.#stat);
    const word = (i: number): bigint => bytes.readBigUInt64LE(8 * i);
    return Array.from({ length: RESULTS.workers }, (_, w) => {
      const all = Array.from({ length: RESULTS.each }, (__, i) => word(RESULTS.from + w * RESULTS.each + i));
      const end = all.indexOf(0n);
      return end < 0 ? all : all.slice(0, end);
    });
  }

  /** What is left of a patch: changed code, or memory of ours. */
  remains(): string | undefined {
    if (readFileSync(`/proc/${this.pid}/maps`, 'utf8').includes('memfd:mapaudit')) return 'memory';
    const elf = parseElf(openFile(this.#path));
    const memory = openSync(`/proc/${this.pid}/mem`, 'r');
    const text = elf.segments.find((s) => s.executable);
    if (text === undefined || elf.isPie) return undefined;
    const wanted = elf.read(text.address, text.fileSize) ?? new Uint8Array(0);
    const found = new Uint8Array(wanted.length);
    readSync(memory, found, 0, found.length, text.address);
    return Buffer.from(found).equals(wanted) ? undefined : 'changed code';
  }

  stop(): void {
    this.#process.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #words(): number[] | undefined {
    try {
      const bytes = readFileSync(this.#stat);
      return Array.from({ length: WORDS }, (_, i) => Number(bytes.readBigUInt64LE(8 * i)));
    } catch {
      return undefined;
    }
  }
}

/** Compares results as far as both have come. Gives how many were equal, or what differs. */
export function compareResults(a: bigint[][], b: bigint[][]): number | string {
  let equal = 0;
  for (const [worker, results] of a.entries())
    for (const [i, value] of results.entries()) {
      const other = b[worker]?.[i];
      if (other === undefined) break;
      if (other !== value) return `worker ${worker}, result ${i}: ${value} and ${other}`;
      equal++;
    }
  return equal;
}

/** The child in one file, so that it starts quickly. */
export function bundledChild(): string {
  const outfile = join(CACHE, 'child.mjs');
  buildSync({
    entryPoints: [CHILD],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
  return outfile;
}

export interface ChildRun {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out:
    | {
        steps: [string, number][];
        still: number[];
        held: number[];
        tries: number[];
        attachMs: number[];
        cycles: number;
      }
    | undefined;
  readonly complaint: string;
}

/** Runs the child; `killAfterMs` counts from its first touch. */
export function runChild(
  child: string,
  args: readonly string[],
  killAfterMs?: number,
  limitMs = 60_000,
): Promise<ChildRun> {
  const started = spawn(process.execPath, [child, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let [out, complaint] = ['', ''];
  started.stdout?.on('data', (data: Buffer) => (out += data.toString()));
  started.stderr?.on('data', (data: Buffer) => (complaint += data.toString()));
  const from =
    args[1] === 'cycles' && killAfterMs !== undefined && killAfterMs % 2 === 1 ? 'removing' : 'attaching';
  started.on('message', (message) => {
    if (killAfterMs !== undefined && message === from) setTimeout(() => started.kill('SIGKILL'), killAfterMs);
  });
  const limit = setTimeout(() => started.kill('SIGKILL'), limitMs);
  return new Promise((resolve) =>
    started.once('close', (code, signal) => {
      clearTimeout(limit);
      resolve({ code, signal, out: out === '' ? undefined : (JSON.parse(out) as never), complaint });
    }),
  );
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

export interface KillResult {
  readonly kills: number;
  readonly notReached: number;
  readonly harmed: readonly string[];
  readonly notRecovered: readonly string[];
  readonly at: Readonly<Record<string, number>>;
  readonly stillUs: readonly number[];
}

/**
 * Kills mapaudit at named steps and at random moments, while it attaches and while it takes out, until it was killed
 * `kills` times or `seconds` are over. After each kill the program must be unharmed, and the next one must be able to
 * attach and take everything out again.
 */
export async function killTest(
  path: string,
  kills: number,
  seconds: number,
  random: () => number,
): Promise<KillResult> {
  const child = bundledChild();
  const harmed: string[] = [];
  const notRecovered: string[] = [];
  const at: Record<string, number> = {};
  const still: number[] = [];
  let [killed, notReached] = [0, 0];
  const until = Date.now() + seconds * 1000;
  let program = new LoadedProgram(path);
  try {
    await program.started();
    const pid = String(program.pid);
    const learnt = new Map<string, number>();
    for (const kind of ['attach', 'cycles']) {
      const { out } = await runChild(child, [pid, kind, '1']);
      for (const [name, count] of out?.steps ?? []) learnt.set(name, Math.max(count, learnt.get(name) ?? 0));
    }
    const names = [...learnt];
    while (killed < kills && Date.now() < until) {
      const target = String(program.pid);
      const [name, most] = names[Math.floor(random() * names.length)] ?? ['', 1];
      const atStep = random() < 0.67;
      const run = atStep
        ? await runChild(child, [target, 'cycles', '1', name, String(1 + Math.floor(random() * most))])
        : await runChild(child, [target, 'cycles', '1', 'none'], Math.floor(random() * 120));
      const where = atStep ? name : 'a random moment';
      if (run.signal === 'SIGKILL') {
        killed++;
        at[where] = (at[where] ?? 0) + 1;
      } else notReached++;
      let harm = random() < 0.3 ? await program.harm() : undefined;
      const again = await runChild(child, [target, 'cycles', '1', 'none']);
      if (again.code !== 0) notRecovered.push(`${where}: ${again.complaint.slice(0, 300)}`);
      else still.push(...(again.out?.still ?? []));
      harm ??= await program.harm();
      const left = again.code === 0 && harm === undefined ? program.remains() : undefined;
      if (harm !== undefined || left !== undefined) {
        harmed.push(`${where}: ${harm ?? left ?? ''}`);
        program.stop();
        program = new LoadedProgram(path);
        await program.started();
      }
    }
  } finally {
    program.stop();
  }
  return { kills: killed, notReached, harmed, notRecovered, at, stillUs: still.sort((a, b) => a - b) };
}
