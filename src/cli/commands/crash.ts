import { MAP_OPS } from '../../model/map_op.ts';
import type { CrashOptions } from '../../protocol/crash.ts';
import type { Questions } from '../../protocol/questions.ts';
import { crashText } from '../format/crash_text.ts';
import { summaryText } from '../format/summary_text.ts';
import { TraceText } from '../format/trace_text.ts';
import type { Io } from '../output/io.ts';
import { printResults } from '../output/print.ts';

/** `mapaudit crash` */
export async function runCrash(options: CrashOptions, questions: Questions, io: Io): Promise<number> {
  const lines = await questions.crash(options);
  const events = new TraceText({ selection: { type: 'pid' }, filters: { ops: MAP_OPS } }, io.outStyle, () =>
    io.width(),
  );
  const text = lines.flatMap((line) => {
    if (line.type === 'crash') return crashText(line).map((one) => io.outStyle.bold(one));
    return line.type === 'event' ? events.lines(line) : summaryText(line);
  });
  await printResults(lines, text, io);
  return 0;
}
