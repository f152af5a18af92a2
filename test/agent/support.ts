import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildGo } from '../support/go_build.ts';

export const MAPAUDIT = fileURLToPath(new URL('../../bin/mapaudit', import.meta.url));

/** What a command printed, and how it ended. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs mapaudit to its end, however much it prints: a second of a busy program is nearly a megabyte. */
export function mapaudit(...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAPAUDIT, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 1 << 30,
  });
  return { code: status, out: stdout, err: stderr };
}

/** mapaudit while it runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Waits until this stands so many times in what it has printed. Errors: it has ended without. */
  printed(text: string, times?: number): Promise<void>;
  /** Its exit code, when all that it has written has been read too. */
  readonly ended: Promise<number | null>;
}

/** Starts mapaudit. */
export function running(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [MAPAUDIT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const over = { yet: false };
  const ended = new Promise<number | null>((resolve) =>
    child.once('close', (code) => {
      over.yet = true;
      resolve(code);
    }),
  );
  return {
    child,
    out: () => out,
    err: () => err,
    ended,
    async printed(text, times = 1) {
      while (out.split(text).length <= times) {
        if (over.yet) throw new Error(`mapaudit ended without ${times} times ${text}: ${err}`);
        await sleep(20);
      }
    },
  };
}

/** The code of the error that a command ended with. */
export function errorCode(outcome: Outcome): string | undefined {
  const line = outcome.err.split('\n').find((text) => text.startsWith('{'));
  return line === undefined ? undefined : (JSON.parse(line) as { code?: string }).code;
}

/** A folder that is gone when the function has ended. */
export async function inFolder(use: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-agent-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A copy of a Go binary (built by that release) with one text in it replaced by another of the same length. */
export function patched(folder: string, from: string, to: string, release = '1.26.8'): string {
  const path = join(folder, 'patched');
  copyFileSync(buildGo('ledger', release), path);
  const bytes = readFileSync(path);
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at);
  writeFileSync(path, bytes, { mode: 0o755 });
  return path;
}

/** A Go program that uses maps until it is killed. */
export function busyTarget(program = buildGo('ledger'), ...before: string[]): ChildProcess {
  const args = ['-ops', '1000000000', '-rate', '2000', '-out', '/dev/null'];
  const [command = program, ...rest] = [...before, program, ...args];
  return spawn(command, rest, { stdio: 'ignore' });
}

/** Builds a small program with gccgo. */
export function buildWithGccgo(folder: string, ...flags: string[]): string {
  const source = join(folder, 'main.go');
  const out = join(folder, `gccgo${flags.join('')}`);
  writeFileSync(source, 'package main\n\nfunc main() { m := map[string]int{"a": 1}; delete(m, "a") }\n');
  execFileSync('gccgo', [...flags, '-o', out, source]);
  return out;
}

/** Builds the small program for another machine, or system. */
export function buildFor(folder: string, arch: string, system = 'linux'): string {
  const source = fileURLToPath(new URL('../programs/every', import.meta.url));
  const out = join(folder, `${system}-${arch}`);
  execFileSync('go', ['build', '-o', out, '.'], {
    cwd: source,
    env: { ...process.env, GOOS: system, GOARCH: arch, CGO_ENABLED: '0' },
  });
  return out;
}
