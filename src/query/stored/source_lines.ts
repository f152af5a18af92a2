import { readFile, stat } from 'node:fs/promises';
import type { ApiSite, ApiSitePage } from '../../protocol/api.ts';

/** Lines that are shown before and after. */
const AROUND = 12;
const MOST_BYTES = 4 * 1024 * 1024;
const MOST_COLUMNS = 400;

/**
 * The lines around a site. The path comes from the audited binary, which may name anything: nothing is read but Go
 * source files. `since`: when the program was built or at least began, Unix milliseconds.
 */
export async function sourceLines(
  { file, line }: ApiSite,
  since: number | undefined,
): Promise<ApiSitePage['source']> {
  if (file === undefined || line === undefined || !file.startsWith('/') || !file.endsWith('.go'))
    return undefined;
  try {
    const about = await stat(file);
    if (!about.isFile() || about.size > MOST_BYTES) return undefined;
    const all = (await readFile(file, 'utf8')).split('\n');
    if (line > all.length) return undefined;
    const from = Math.max(1, line - AROUND);
    return {
      from,
      lines: all.slice(from - 1, line + AROUND).map((text) => text.slice(0, MOST_COLUMNS)),
      newer: since !== undefined && about.mtimeMs > since,
    };
  } catch {
    // No file is no fault: programs run where their source is not.
    return undefined;
  }
}
