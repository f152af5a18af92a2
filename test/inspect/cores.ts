import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PATTERN = '/proc/sys/kernel/core_pattern';

/** A folder for core files, which is deleted with all that is in it. */
export interface CoreFolder {
  readonly path: string;
  /** A core of a running process, which goes on. */
  gcore(pid: number): string;
  /** The core that the kernel writes of a process, started in this folder, which is ended by SIGABRT. */
  abort(pid: number): Promise<string>;
  remove(): void;
}

/** So that Go's runtime ends by the signal itself, and not by exit(2). */
export const CRASHING = { ...process.env, GOTRACEBACK: 'crash' };

/** Whether the kernel writes cores to files: with a `|` it gives them to a program. */
export const writesCoreFiles = (): boolean => !readFileSync(PATTERN, 'utf8').startsWith('|');

export function coreFolder(): CoreFolder {
  const path = mkdtempSync(join(tmpdir(), 'mapaudit-cores-'));
  return {
    path,
    gcore(pid) {
      execFileSync('gcore', ['-o', join(path, 'gcore'), String(pid)], { stdio: 'pipe' });
      return join(path, `gcore.${pid}`);
    },
    abort: (pid) => abort(pid, path),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

async function abort(pid: number, folder: string): Promise<string> {
  execFileSync('prlimit', ['--pid', String(pid), '--core=unlimited']);
  const before = new Set(readdirSync(folder));
  const restore = patternInFolder();
  try {
    process.kill(pid, 'SIGABRT');
    await untilEnded(pid);
  } finally {
    restore();
  }
  const made = readdirSync(folder).find((name) => !before.has(name));
  if (made === undefined) throw new Error(`the kernel wrote no core of process ${pid} to ${folder}`);
  const core = join(folder, made);
  if (statSync(core).size === 0) throw new Error(`${core} is empty`);
  return core;
}

/** Makes cores fall into the folder in which a process runs; gives what puts things back. */
function patternInFolder(): () => void {
  const pattern = readFileSync(PATTERN, 'utf8');
  if (!pattern.includes('/')) return () => undefined;
  writeFileSync(PATTERN, 'core');
  return () => writeFileSync(PATTERN, pattern);
}

/** The kernel writes the core before the process is gone. */
async function untilEnded(pid: number): Promise<void> {
  for (let i = 0; i < 600; i++) {
    try {
      if (/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return;
    } catch {
      return;
    }
    await sleep(100);
  }
  throw new Error(`process ${pid} does not end`);
}
