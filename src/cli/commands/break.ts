import type { BreakOptions } from '../../protocol/options.ts';
import type { Questions } from '../../protocol/questions.ts';
import { BreakText } from '../format/break_text.ts';
import { endsText } from '../format/attached_text.ts';
import type { Io } from '../output/io.ts';
import { runLive } from './live.ts';

/** `mapaudit break` */
export function runBreak(options: BreakOptions, questions: Questions, io: Io): Promise<number> {
  const text = new BreakText(io.outStyle, () => io.width(), options.selection.type !== 'pid');
  return runLive(questions.break(options, io.signal), endsText({ ...options, what: 'stop' }), io, (stop) =>
    text.lines(stop),
  );
}
