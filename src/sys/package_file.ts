import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of a file that comes with mapaudit, named from the package's own folder; undefined when it is not there. */
export function packageFile(name: string): string | undefined {
  // Sources and built code lie at different depths: the folder is the first one above that has the file.
  for (let folder = new URL('..', import.meta.url); ; folder = new URL('..', folder)) {
    const file = new URL(name, folder);
    if (existsSync(file)) return fileURLToPath(file);
    if (folder.pathname === '/') return undefined;
  }
}
