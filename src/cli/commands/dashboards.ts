import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MapauditError, messageOf } from '../../base/errors.ts';
import type { Questions } from '../../protocol/questions.ts';
import type { Dashboards, DashboardsOptions } from '../../protocol/rules.ts';
import { printable } from '../../protocol/text/printable.ts';
import type { Io } from '../output/io.ts';
import { printResults } from '../output/print.ts';

/** `mapaudit dashboards`. Error: `cannot-write`. */
export async function runDashboards(
  options: DashboardsOptions,
  folder: string,
  questions: Questions,
  io: Io,
): Promise<number> {
  const files = await questions.dashboards(options);
  for (const { path, text } of files) await write(join(folder, path), text);
  const written: Dashboards = { type: 'dashboards', folder, files: files.map(({ path }) => path) };
  await printResults(
    [written],
    written.files.map((path) => `wrote ${printable(join(folder, path))}`),
    io,
  );
  return 0;
}

async function write(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    throw new MapauditError('cannot-write', `${path} cannot be written: ${messageOf(cause)}`, {
      cause,
      hint: 'Name a folder that you may write to: mapaudit dashboards --out DIR.',
      fields: { file: path },
    });
  }
}
