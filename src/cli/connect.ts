import type { Questions } from '../protocol/questions.ts';

/**
 * The one place where the command line meets the agent. Imported when a question is to be asked, so that
 * `--help` and `--version` load nothing that needs the kernel.
 */
export async function connect(): Promise<Questions> {
  const { createQuestions } = await import('../agent/index.ts');
  return createQuestions();
}

/** The folder of the page that comes with mapaudit; undefined where it was not built. */
export async function pageRoot(): Promise<string | undefined> {
  const { pageFolder } = await import('../agent/index.ts');
  return pageFolder();
}
