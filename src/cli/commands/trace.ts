import type { TraceOptions } from '../../protocol/options.ts';
import type { Questions, TraceLine } from '../../protocol/questions.ts';
import type { Summary } from '../../protocol/summary.ts';
import { attachedText, endsText } from '../format/attached_text.ts';
import { summaryAdvice, summaryText } from '../format/summary_text.ts';
import { TraceText } from '../format/trace_text.ts';
import type { Io } from '../output/io.ts';
import { jsonLine } from '../../base/json_line.ts';
import { sayNotice, toStderr } from '../output/say.ts';

/** `mapaudit trace`. The next batch is asked for only when the last one is written: see Questions.trace. */
export async function runTrace(options: TraceOptions, questions: Questions, io: Io): Promise<number> {
  const face: Face = io.json ? JSON_FACE : new TextFace(options, io);
  const asked: TraceOptions = io.json ? { ...options, encoded: true } : options;
  for await (const batch of questions.trace(asked, io.signal)) {
    let text = '';
    for (const line of batch) {
      if (line.type === 'notice') await sayNotice(line, io);
      else if (line.type === 'encoded') {
        await io.out.write(text);
        text = '';
        await io.out.write(line.json);
      } else text += face.text(line);
    }
    await io.out.write(text);
    const last = batch.at(-1);
    if (last?.type === 'summary') await face.end(last);
  }
  return 0;
}

type ShownLine = Exclude<TraceLine, { type: 'notice' | 'encoded' }>;

/** How lines become text, and what is said after the last one. */
interface Face {
  text(line: ShownLine): string;
  end(summary: Summary): Promise<void>;
}

const JSON_FACE: Face = {
  text: (line) => `${jsonLine(line)}\n`,
  end: () => Promise.resolve(),
};

class TextFace implements Face {
  readonly #io: Io;
  readonly #ends: string;
  readonly #events: TraceText;
  #attached = 0;

  constructor(options: TraceOptions, io: Io) {
    this.#io = io;
    this.#ends = endsText(options);
    this.#events = new TraceText(options, io.outStyle, () => io.width());
  }

  text(line: ShownLine): string {
    return this.#lines(line)
      .map((one) => `${one}\n`)
      .join('');
  }

  #lines(line: ShownLine): readonly string[] {
    switch (line.type) {
      case 'event':
        return this.#events.lines(line);
      case 'attached':
        return [this.#io.outStyle.bold(attachedText(line, this.#attached++ === 0 ? this.#ends : 'joined'))];
      case 'summary':
        return summaryText(line);
    }
  }

  /** With -o, the terminal gets the summary too. */
  async end(summary: Summary): Promise<void> {
    if (this.#io.toFile) await toStderr(summaryText(summary).join('\n'), this.#io);
    const advice = summaryAdvice(summary);
    if (advice !== undefined) await toStderr(this.#io.errStyle.warn(advice), this.#io);
  }
}
