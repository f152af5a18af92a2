import { jsonLine } from '../../base/json_line.ts';
import type { Questions } from '../../protocol/questions.ts';
import type { WatchLine, WatchOptions } from '../../protocol/watch.ts';
import { endsText, watchAttachedText } from '../format/attached_text.ts';
import { CoverageText } from '../format/coverage_text.ts';
import { HitText, watchAdvice, watchSummaryText } from '../format/hit_text.ts';
import type { Io } from '../output/io.ts';
import { sayNotice, toStderr } from '../output/say.ts';

/** `mapaudit watch` */
export async function runWatch(options: WatchOptions, questions: Questions, io: Io): Promise<number> {
  const hits = new HitText(io.outStyle, () => io.width());
  const coverage = new CoverageText();
  const linesOf = (line: Exclude<WatchLine, { type: 'notice' }>): readonly string[] => {
    if (io.json) return [jsonLine(line)];
    switch (line.type) {
      case 'hit':
        return hits.lines(line);
      case 'attached':
        return [
          io.outStyle.bold(watchAttachedText(line, endsText({ ...options, what: 'hit' }))),
          ...(line.watching === undefined ? [] : coverage.lines(line.watching)),
        ];
      case 'watching':
        return coverage.lines(line);
      case 'summary':
        return watchSummaryText(line);
    }
  };
  for await (const batch of questions.watch(options, io.signal)) {
    let text = '';
    for (const line of batch) {
      if (line.type === 'notice') {
        // What happened to the slot is told behind the hits that did it.
        await io.out.write(text);
        text = '';
        await sayNotice(line, io);
      } else
        text += linesOf(line)
          .map((one) => `${one}\n`)
          .join('');
    }
    await io.out.write(text);
    const last = batch.at(-1);
    if (last?.type !== 'summary' || io.json) continue;
    if (io.toFile) await toStderr(watchSummaryText(last).join('\n'), io);
    const advice = watchAdvice(last);
    if (advice !== undefined) await toStderr(io.errStyle.warn(advice), io);
  }
  return 0;
}
