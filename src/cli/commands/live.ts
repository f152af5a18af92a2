import type { Attached } from '../../protocol/attached.ts';
import type { Notice } from '../../protocol/notice.ts';
import type { Summary } from '../../protocol/summary.ts';
import { attachedText } from '../format/attached_text.ts';
import { summaryAdvice, summaryText } from '../format/summary_text.ts';
import type { Io } from '../output/io.ts';
import { jsonLine } from '../../base/json_line.ts';
import { sayNotice, toStderr } from '../output/say.ts';

/** Lines that every live run has. */
type Frame = Attached | Notice | Summary;

/** Prints a run batch by batch: `show` makes the lines of whatever is the command's own; `ends` says how it will end. */
export async function runLive<T extends { readonly type: string }>(
  lines: AsyncIterable<readonly (T | Frame)[]>,
  ends: string,
  io: Io,
  show: (line: T) => readonly string[],
): Promise<number> {
  let attached = 0;
  const textOf = (line: T | Exclude<Frame, Notice>): readonly string[] => {
    if (io.json) return [jsonLine(line)];
    if (isAttached(line)) return [io.outStyle.bold(attachedText(line, attached++ === 0 ? ends : 'joined'))];
    return isSummary(line) ? summaryText(line) : show(line);
  };
  for await (const batch of lines) {
    let text = '';
    for (const line of batch) {
      if (isNotice(line)) await sayNotice(line, io);
      else
        text += textOf(line)
          .map((one) => `${one}\n`)
          .join('');
    }
    await io.out.write(text);
    const last = batch.at(-1);
    if (last !== undefined && isSummary(last) && !io.json) await sayEnd(last, io);
  }
  return 0;
}

/** With -o, the terminal gets the summary too. */
async function sayEnd(summary: Summary, io: Io): Promise<void> {
  if (io.toFile) await toStderr(summaryText(summary).join('\n'), io);
  const advice = summaryAdvice(summary);
  if (advice !== undefined) await toStderr(io.errStyle.warn(advice), io);
}

type Typed = { readonly type: string };

const isNotice = (line: Typed): line is Notice => line.type === 'notice';
const isAttached = (line: Typed): line is Attached => line.type === 'attached';
const isSummary = (line: Typed): line is Summary => line.type === 'summary';
