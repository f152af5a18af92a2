import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../examples/incident/', import.meta.url));

/** The rules that stand beside the program. */
export const RULES = join(SOURCE, 'rules.yaml');

/** A line of the program's own account. */
export interface Done {
  readonly time: string;
  readonly did: string;
  readonly dropped: number;
  readonly kept: number;
}

/** The program of examples/incident, which waits for a word before its time begins. */
export interface Incident {
  readonly child: { readonly kill: (signal: NodeJS.Signals) => boolean; readonly exitCode: number | null };
  readonly pid: string;
  begin(): void;
  /** What it has written down by now. */
  ledger(): readonly Done[];
}

export function startIncident(folder: string, ...flags: readonly string[]): Incident {
  const [program, path] = [join(folder, 'incident'), join(folder, 'ledger.jsonl')];
  execFileSync('go', ['build', '-o', program, '.'], { cwd: SOURCE });
  // First among what a busy machine does: a race needs two of its goroutines to run at the same time.
  const command = ['-n', '-15', program, '-wait', '-ledger', path, ...flags];
  const child = spawn('nice', command, { stdio: ['pipe', 'ignore', 'inherit'] });
  return {
    child,
    pid: String(child.pid),
    begin: () => child.stdin.write('\n'),
    ledger: () =>
      existsSync(path)
        ? readFileSync(path, 'utf8')
            .split('\n')
            .slice(0, -1)
            .map((line) => JSON.parse(line) as Done)
        : [],
  };
}

/** `sessions.go:91`, where the comment says that this was planted. */
export function planted(what: string): {
  readonly file: string;
  readonly line: number;
  readonly label: string;
} {
  for (const name of readdirSync(SOURCE).filter((one) => one.endsWith('.go'))) {
    const lines = readFileSync(join(SOURCE, name), 'utf8').split('\n');
    const line = lines.findIndex((text) => text.endsWith(`// planted: ${what}`)) + 1;
    if (line > 0) return { file: name, line, label: `${name}:${line}` };
  }
  throw new Error(`nothing is planted as "${what}"`);
}
