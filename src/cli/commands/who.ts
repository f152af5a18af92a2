import type { PastOptions, WhoOptions } from '../../protocol/options.ts';
import type { Questions, WhoLine } from '../../protocol/questions.ts';
import { endsText } from '../format/attached_text.ts';
import { StepText } from '../format/step_text.ts';
import { touchedText } from '../format/touched_text.ts';
import type { Io } from '../output/io.ts';
import { runLive } from './live.ts';

/** `mapaudit who` */
export function runWho(options: WhoOptions, questions: Questions, io: Io): Promise<number> {
  const withPid = options.selection.type !== 'pid';
  return show(questions.who(options, io.signal), endsText(options), withPid, io);
}

/** `mapaudit who --from`, `mapaudit who --since` */
export function runPast(options: PastOptions, questions: Questions, io: Io): Promise<number> {
  const { kept } = options;
  const where = kept.type === 'file' ? `kept in ${kept.path}` : `kept by pid ${kept.pid} itself`;
  return show(questions.past(options, io.signal), where, kept.type === 'file', io);
}

function show(
  lines: AsyncIterable<readonly WhoLine[]>,
  ends: string,
  withPid: boolean,
  io: Io,
): Promise<number> {
  const width = (): number | undefined => io.width();
  const text = new StepText(io.outStyle, width, withPid);
  return runLive(lines, ends, io, (line) =>
    line.type === 'touched' ? touchedText(line, io.outStyle, width()) : text.lines(line),
  );
}
