import { jsonLine } from '../../base/json_line.ts';
import type { AdviseLine, AdviseOptions } from '../../protocol/advice.ts';
import type { Questions } from '../../protocol/questions.ts';
import { adviceText, advisedText } from '../format/advice_text.ts';
import { attachedText, endsText } from '../format/attached_text.ts';
import type { Io } from '../output/io.ts';
import { sayNotice } from '../output/say.ts';

/** `mapaudit advise` */
export async function runAdvise(options: AdviseOptions, questions: Questions, io: Io): Promise<number> {
  let number = 0;
  const linesOf = (line: Exclude<AdviseLine, { type: 'notice' }>): readonly string[] => {
    if (io.json) return [jsonLine(line)];
    switch (line.type) {
      case 'attached':
        return [io.outStyle.bold(attachedText(line, endsText({ durationMs: options.observeMs })))];
      case 'advice':
        return ['', ...adviceText(line, ++number, io.outStyle, io.width())];
      case 'advised':
        return ['', advisedText(line)];
    }
  };
  for await (const batch of questions.advise(options, io.signal)) {
    for (const line of batch) {
      if (line.type === 'notice') await sayNotice(line, io);
      else
        await io.out.write(
          linesOf(line)
            .map((one) => `${one}\n`)
            .join(''),
        );
    }
  }
  return 0;
}
