import type { GrowOptions } from '../../protocol/options.ts';
import type { Questions } from '../../protocol/questions.ts';
import { GrowthText, growthsText } from '../format/growth_text.ts';
import { endsText } from '../format/attached_text.ts';
import type { Io } from '../output/io.ts';
import { runLive } from './live.ts';

/** `mapaudit grow` */
export function runGrow(options: GrowOptions, questions: Questions, io: Io): Promise<number> {
  const width = (): number | undefined => io.width();
  const text = new GrowthText(io.outStyle, width, options.selection.type !== 'pid');
  return runLive(questions.grow(options, io.signal), endsText({ ...options, what: 'growth' }), io, (line) =>
    line.type === 'growths' ? growthsText(line, io.outStyle, width()) : text.lines(line),
  );
}
