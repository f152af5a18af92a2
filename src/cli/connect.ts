import type { Questions } from '../protocol/questions.ts';

/**
 * The one place where the command line meets the agent. Imported when a question is to be asked, so that
 * `--help` and `--version` load nothing that needs the kernel.
 */
export async function connect(): Promise<Questions> {
  // @ts-expect-error: the agent is not there yet; this line and the cast go when it is.
  const agent = (await import('../agent/index.ts')) as { createQuestions(): Questions };
  return agent.createQuestions();
}
