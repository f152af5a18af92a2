import type { ExplainOptions } from '../../protocol/explain_report.ts';
import type { Questions } from '../../protocol/questions.ts';
import { explainText } from '../format/explain_text.ts';
import type { Io } from '../output/io.ts';
import { printResults } from '../output/print.ts';

/** `mapaudit explain` */
export async function runExplain(options: ExplainOptions, questions: Questions, io: Io): Promise<number> {
  const report = await questions.explain(options);
  await printResults([report], explainText(report, io.outStyle, io.width()), io);
  return 0;
}
