import { jsonLine } from '../../base/json_line.ts';
import type { Heat, InspectedEntry, InspectLine, InspectOptions } from '../../protocol/inspect.ts';
import type { Questions } from '../../protocol/questions.ts';
import { EntryText } from '../format/entry_text.ts';
import { heatLegend, heatText } from '../format/heat_text.ts';
import { inspectAdvice, inspectSummaryText, mapText } from '../format/inspect_text.ts';
import { keyPathText } from '../format/key_path_text.ts';
import { syncMapText } from '../format/sync_map_text.ts';
import { slotsText } from '../format/slots_text.ts';
import type { Io } from '../output/io.ts';
import { sayNotice, toStderr } from '../output/say.ts';

type Shown = Exclude<InspectLine, { type: 'notice' }>;

/** `mapaudit inspect`. The next batch is read only when the last one is written. */
export async function runInspect(options: InspectOptions, questions: Questions, io: Io): Promise<number> {
  const face = io.json ? jsonFace : textFace(io);
  for await (const batch of questions.inspect(options, io.signal)) {
    const lines: Shown[] = [];
    for (const line of batch) {
      if (line.type === 'notice') await sayNotice(line, io);
      else lines.push(line);
    }
    await io.out.write(
      face(lines)
        .map((line) => `${line}\n`)
        .join(''),
    );
    const last = batch.at(-1);
    const advice = last?.type === 'summary' && !io.json ? inspectAdvice(last) : undefined;
    if (advice !== undefined) await toStderr(io.errStyle.warn(advice), io);
  }
  return 0;
}

type Face = (lines: readonly Shown[]) => readonly string[];

const jsonFace: Face = (lines) => lines.map(jsonLine);

/** Entries that come one after the other are laid out together. */
function textFace(io: Io): Face {
  const entries = new EntryText(io.outStyle, () => io.width());
  let begun = false;
  let core = false;
  return (lines) => {
    const text: string[] = [];
    /** Between what is said of the map and what is in it stands one empty line. */
    const apart = (): void => {
      if (!begun) text.push('');
      begun = true;
    };
    let pending: InspectedEntry[] = [];
    let pictures: Heat[] = [];
    const flush = (): void => {
      if (pending.length > 0 || pictures.length > 0) apart();
      text.push(...entries.lines(pending));
      if (pictures.length > 0)
        text.push(...pictures.flatMap((heat) => [...heatText(heat, io.outStyle, io.width()), '']));
      if (pictures.length > 0) text.push(...heatLegend(pictures, io.outStyle, io.width()));
      pending = [];
      pictures = [];
    };
    for (const line of lines) {
      if (line.type === 'entry') pending.push(line);
      else if (line.type === 'heat') pictures.push(line);
      else {
        flush();
        if (line.type === 'slots') apart();
        core ||= line.type === 'map' && line.core === true;
        text.push(...otherLines(line, io, core));
      }
    }
    flush();
    return text;
  };
}

/** `core`: it is of a core dump. */
function otherLines(line: Exclude<Shown, InspectedEntry | Heat>, io: Io, core: boolean): readonly string[] {
  switch (line.type) {
    case 'map':
      return mapText(line, io.outStyle, io.width());
    case 'sync_map':
      return syncMapText(line, io.outStyle, io.width());
    case 'slots':
      return slotsText(line, io.outStyle, io.width());
    case 'path':
      return ['', ...keyPathText(line, io.outStyle, io.width(), core)];
    case 'summary':
      return ['', ...inspectSummaryText(line, io.width())];
  }
}
