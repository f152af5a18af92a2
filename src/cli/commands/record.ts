import { MapauditError } from '../../base/errors.ts';
import { jsonLine } from '../../base/json_line.ts';
import type { RecordOptions } from '../../protocol/evidence.ts';
import type { Questions } from '../../protocol/questions.ts';
import type { Summary } from '../../protocol/summary.ts';
import { attachedText, endsText } from '../format/attached_text.ts';
import { recordedText } from '../format/recorded_text.ts';
import { summaryAdvice, summaryText } from '../format/summary_text.ts';
import type { Io } from '../output/io.ts';
import { sayNotice, toStderr } from '../output/say.ts';

/** `mapaudit record`: the file goes to the output, everything that is said to stderr. */
export async function runRecord(options: RecordOptions, questions: Questions, io: Io): Promise<number> {
  if (!io.toFile && io.width() !== undefined)
    throw new MapauditError('no-output', 'a recording is no text for a terminal', {
      hint: 'Add -o incident.mapaudit, or -o - into a pipe.',
    });
  let attached = 0;
  for await (const lines of questions.record(options, io.signal))
    for (const line of lines) {
      if (line.type === 'bytes') await io.out.write(line.bytes);
      else if (line.type === 'notice') await sayNotice(line, io);
      else if (io.json) await toStderr(jsonLine(line), io);
      else if (line.type === 'attached')
        await toStderr(
          io.errStyle.bold(attachedText(line, attached++ === 0 ? endsText(options) : 'joined')),
          io,
        );
      else if (line.type === 'recorded') await toStderr(recordedText(line), io);
      else await sayEnd(line, io);
    }
  return 0;
}

async function sayEnd(summary: Summary, io: Io): Promise<void> {
  await toStderr(summaryText(summary).join('\n'), io);
  const advice = summaryAdvice(summary);
  if (advice !== undefined) await toStderr(io.errStyle.warn(advice), io);
}
