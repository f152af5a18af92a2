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

/** `mapaudit who --from` */
export function runPast(options: PastOptions, questions: Questions, io: Io): Promise<number> {
  return show(questions.past(options, io.signal), `kept in ${options.path}`, true, io);
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
