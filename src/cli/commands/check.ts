import type { Questions } from '../../protocol/questions.ts';
import type { CheckSubject } from '../../protocol/selection.ts';
import { checkText } from '../format/check_text.ts';
import type { Io } from '../output/io.ts';
import { printResults } from '../output/print.ts';

/** Exit code of `check` when something required is missing. */
const NOT_READY = 3;

/** `mapaudit check` */
export async function runCheck(subject: CheckSubject, questions: Questions, io: Io): Promise<number> {
  const reports = await questions.check(subject);
  const text = reports.flatMap((report, i) => [
    ...(i === 0 ? [] : ['', '']),
    ...checkText(report, io.outStyle, io.width()),
  ]);
  await printResults(reports, text, io);
  return reports.every((report) => report.ready) ? 0 : NOT_READY;
}
