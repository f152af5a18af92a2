import { jsonLine } from '../../base/json_line.ts';
import type { Questions } from '../../protocol/questions.ts';
import type { ReportOptions } from '../../protocol/report.ts';
import { reportHtml } from '../html/report_html.ts';
import type { Io } from '../output/io.ts';
import { sayNotice } from '../output/say.ts';

/** `mapaudit report`: one page, or with --json what it is made of. */
export async function runReport(options: ReportOptions, questions: Questions, io: Io): Promise<number> {
  const { report, notices } = await questions.report(options);
  for (const notice of notices) await sayNotice(notice, io);
  await io.out.write(io.json ? `${jsonLine(report)}\n` : reportHtml(report));
  return 0;
}
