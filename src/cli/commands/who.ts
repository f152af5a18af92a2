import type { WhoOptions } from '../../protocol/options.ts';
import type { Questions } from '../../protocol/questions.ts';
import { StepText } from '../format/step_text.ts';
import { touchedText } from '../format/touched_text.ts';
import type { Io } from '../output/io.ts';
import { runLive } from './live.ts';

/** `mapaudit who` */
export function runWho(options: WhoOptions, questions: Questions, io: Io): Promise<number> {
  const width = (): number | undefined => io.width();
  const text = new StepText(io.outStyle, width, options.selection.type !== 'pid');
  return runLive(questions.who(options, io.signal), options, io, (line) =>
    line.type === 'touched' ? touchedText(line, io.outStyle, width()) : text.lines(line),
  );
}
