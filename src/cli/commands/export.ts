import { MapauditError } from '../../base/errors.ts';
import type { ExportOptions } from '../../protocol/export.ts';
import type { Questions } from '../../protocol/questions.ts';
import type { Io } from '../output/io.ts';
import { sayNotice } from '../output/say.ts';

/** Formats that are no text, and what to do with them. */
const BINARY: Partial<Record<ExportOptions['format'], string>> = {
  pprof: 'Add -o maps.pb.gz, and open it with go tool pprof -top maps.pb.gz.',
  parquet: 'Add -o events.parquet.',
};

/** `mapaudit export` */
export async function runExport(options: ExportOptions, questions: Questions, io: Io): Promise<number> {
  const hint = BINARY[options.format];
  if (hint !== undefined && !io.toFile && io.width() !== undefined)
    throw new MapauditError('no-output', `${options.format} is no text for a terminal`, { hint });
  for await (const part of questions.export(options)) {
    if (part.type === 'notice') await sayNotice(part, io);
    else await io.out.write(part.bytes);
  }
  return 0;
}
