import type { Questions } from '../../protocol/questions.ts';
import { psText } from '../format/ps_text.ts';
import type { Io } from '../output/io.ts';
import { printResults } from '../output/print.ts';

/** `mapaudit ps` */
export async function runPs(questions: Questions, io: Io): Promise<number> {
  const entries = await questions.ps();
  await printResults(entries, psText(entries, io.outStyle, io.width()), io);
  return 0;
}
