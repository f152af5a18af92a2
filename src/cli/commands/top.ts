import { MapauditError } from '../../base/errors.ts';
import type { TopOptions } from '../../protocol/options.ts';
import type { Questions, TopLine } from '../../protocol/questions.ts';
import { attachedText, endsText } from '../format/attached_text.ts';
import { paintedLines } from '../format/painted_lines.ts';
import { summaryAdvice, summaryText } from '../format/summary_text.ts';
import { topText } from '../format/top_text.ts';
import type { Io } from '../output/io.ts';
import { jsonLine } from '../../base/json_line.ts';
import { sayNotice, toStderr } from '../output/say.ts';

/** `mapaudit top`: lines with --once or --json, otherwise the live screen. */
export async function runTop(options: TopOptions, questions: Questions, io: Io): Promise<number> {
  if (options.once || io.json) return printTop(options, questions, io);
  if (!io.interactive || io.toFile) {
    throw new MapauditError('no-terminal', 'the live screen of top needs a terminal on stdin and stdout', {
      hint: 'To count for a while and print a table: add --once. For a script: --once --json.',
    });
  }
  const { runScreen } = await import('../../tui/screen.tsx');
  const { lines, summary } = await runScreen(options, questions, io.signal);
  const end = summary === undefined ? [] : ['', ...summaryText(summary)];
  await io.out.write([...paintedLines(lines, io.outStyle), ...end].map((line) => `${line}\n`).join(''));
  return 0;
}

async function printTop(options: TopOptions, questions: Questions, io: Io): Promise<number> {
  for await (const line of questions.top(options, io.signal).lines) {
    if (line.type === 'notice') await sayNotice(line, io);
    else
      await io.out.write(
        linesOf(line, options, io)
          .map((one) => `${one}\n`)
          .join(''),
      );
    const advice = line.type === 'summary' && !io.json ? summaryAdvice(line) : undefined;
    if (advice !== undefined) await toStderr(io.errStyle.warn(advice), io);
  }
  return 0;
}

function linesOf(line: Exclude<TopLine, { type: 'notice' }>, options: TopOptions, io: Io): readonly string[] {
  if (io.json) return line.type === 'attached' ? [] : [jsonLine(line)];
  switch (line.type) {
    case 'attached':
      return [io.outStyle.bold(attachedText(line, endsText(options)))];
    case 'snapshot':
      return topText(line, io.outStyle, io.width());
    case 'summary':
      return summaryText(line);
  }
}
