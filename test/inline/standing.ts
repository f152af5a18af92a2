import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../programs/standing/main.c', import.meta.url));
const CACHE = fileURLToPath(new URL('../.cache/inline/', import.meta.url));

/** Where the thread stands: in the site itself, or in a handler whose mask is empty or full, or in one within another. */
export type Where = 'inside' | 'empty' | 'full' | 'nested';

/** test/programs/standing, and the addresses that it has said. */
export interface Standing {
  readonly pid: number;
  readonly site: number;
  readonly after: number;
  /** Words that keep the thread where it is while they are not 0. */
  readonly stay: number;
  readonly hold: number;
  /** Holds 7. */
  readonly scratch: number;
  stop(): void;
}

export async function standing(where: Where): Promise<Standing> {
  const child = spawn(build(), [where], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const [site = 0, after = 0, stay = 0, hold = 0, scratch = 0] = line
    .toString()
    .trim()
    .split(' ')
    .map(Number);
  return { pid: pidOf(child), site, after, stay, hold, scratch, stop: () => child.kill('SIGKILL') };
}

const pidOf = ({ pid }: ChildProcess): number => pid ?? -1;

function build(): string {
  const path = `${CACHE}standing`;
  if (existsSync(path) && statSync(path).mtimeMs > statSync(SOURCE).mtimeMs) return path;
  mkdirSync(CACHE, { recursive: true });
  execFileSync('cc', ['-O1', '-pthread', '-o', path, SOURCE]);
  return path;
}
