import { jsonLine } from '../../base/json_line.ts';
import type { ListedMap, MapsOptions } from '../../protocol/maps.ts';
import type { Questions } from '../../protocol/questions.ts';
import { attachedText, endsText } from '../format/attached_text.ts';
import { mapsText } from '../format/maps_text.ts';
import type { Io } from '../output/io.ts';
import { sayNotice } from '../output/say.ts';

/** `mapaudit maps`: the maps of one process after the other. */
export async function runMaps(options: MapsOptions, questions: Questions, io: Io): Promise<number> {
  let maps: ListedMap[] = [];
  let processes = 0;
  const write = (lines: readonly string[]): Promise<void> =>
    io.out.write(lines.map((line) => `${line}\n`).join(''));
  for await (const batch of questions.maps(options, io.signal)) {
    const json: string[] = [];
    for (const line of batch) {
      if (line.type === 'notice') await sayNotice(line, io);
      else if (io.json) json.push(jsonLine(line));
      else if (line.type === 'attached') {
        const ends = endsText({ durationMs: options.observeMs ?? 0 });
        await write([io.outStyle.bold(attachedText(line, ends)), '']);
      } else if (line.type === 'found_map') maps.push(line);
      else {
        await write([...(processes++ > 0 ? ['', ''] : []), ...mapsText(line, maps, io.outStyle, io.width())]);
        maps = [];
      }
    }
    if (json.length > 0) await write(json);
  }
  return 0;
}
