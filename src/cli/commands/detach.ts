import type { DetachOptions } from '../../protocol/detached.ts';
import type { Questions } from '../../protocol/questions.ts';
import { detachedText } from '../format/detached_text.ts';
import type { Io } from '../output/io.ts';
import { printResults } from '../output/print.ts';

/** `mapaudit detach` */
export async function runDetach(options: DetachOptions, questions: Questions, io: Io): Promise<number> {
  const result = await questions.detach(options);
  await printResults([result], [detachedText(result)], io);
  return 0;
}
