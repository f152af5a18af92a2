import { readFile } from 'node:fs/promises';
import type { Questions } from '../protocol/questions.ts';
import { passToGo } from './commands/go.ts';
import { failed } from './failed.ts';
import { stderrOnly } from './terminal.ts';

/**
 * Runs one command line and gives the exit code. Tests give their own `createQuestions`. `mapaudit go` stands in place of
 * `go`, which starts at once: what the other commands need is not loaded for it.
 */
export async function main(
  args: readonly string[],
  createQuestions?: () => Promise<Questions>,
): Promise<number> {
  const [first, ...behind] = args;
  if (first === 'go') return passToGo(behind).catch((error: unknown) => failed(error, stderrOnly(args)));
  const { runCommandLine } = await import('./command_line.ts');
  return runCommandLine(args, await version(), createQuestions);
}

/** From package.json, so that there is one place to change. */
async function version(): Promise<string> {
  const file = new URL('../../package.json', import.meta.url);
  const content = JSON.parse(await readFile(file, 'utf8')) as { version: string };
  return content.version;
}
