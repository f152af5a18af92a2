import { writeFile } from 'node:fs/promises';
import { MapauditError } from '../../base/errors.ts';
import { jsonLine } from '../../base/json_line.ts';
import type { Race, RaceLine, RaceOptions, Writing } from '../../protocol/race.ts';
import type { Questions } from '../../protocol/questions.ts';
import type { Summary } from '../../protocol/summary.ts';
import { attachedText, endsText } from '../format/attached_text.ts';
import { raceSummaryText, RaceText } from '../format/race_text.ts';
import { sarifOf } from '../format/sarif.ts';
import type { Io } from '../output/io.ts';
import { sayNotice, toStderr } from '../output/say.ts';

/** Exit code of `race` when one was found. */
const FOUND = 2;

/** `mapaudit race`; what was found is also written to the file `sarif`. */
export async function runRace(
  options: RaceOptions,
  sarif: string | undefined,
  questions: Questions,
  io: Io,
): Promise<number> {
  const text = new RaceText(io.outStyle, () => io.width());
  const found = new Map<string, Race | Writing>();
  let summary: Summary | undefined;
  // What cannot be written must be known before the time has passed, not after.
  if (sarif !== undefined) await write(sarif, sarifOf([]));
  const linesOf = (line: Exclude<RaceLine, { type: 'notice' }>): readonly string[] => {
    if (io.json) return [jsonLine(line)];
    switch (line.type) {
      case 'attached':
        return [io.outStyle.bold(attachedText(line, endsText({ ...options, what: 'race' })))];
      case 'summary':
        return raceSummaryText(line);
      case 'race':
      case 'writing':
      case 'shared':
        return text.lines(line);
    }
  };
  for await (const batch of questions.race(options, io.signal)) {
    const lines: string[] = [];
    for (const line of batch) {
      if (line.type === 'notice') await sayNotice(line, io);
      else lines.push(...linesOf(line));
      if (line.type === 'race' || line.type === 'writing') found.set(`${line.type} ${line.id}`, line);
      if (line.type === 'summary') summary = line;
    }
    await io.out.write(lines.map((line) => `${line}\n`).join(''));
    // At once: the program may end by its race, and whoever runs this with it.
    if (sarif !== undefined && lines.length > 0) await write(sarif, sarifOf([...found.values()]));
  }
  if (io.toFile && summary !== undefined && !io.json) await toStderr(raceSummaryText(summary).join('\n'), io);
  return found.size > 0 ? FOUND : 0;
}

async function write(path: string, content: unknown): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(content, undefined, 2)}\n`);
  } catch (cause) {
    throw new MapauditError('cannot-write', `${path} cannot be written`, {
      hint: 'Name a file in a folder that is there: --sarif races.sarif.',
      cause,
      fields: { path },
    });
  }
}
