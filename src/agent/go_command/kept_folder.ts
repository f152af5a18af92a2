import { randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Paths beneath a folder, and what must be there. */
export interface FolderContent {
  readonly files: ReadonlyMap<string, string>;
  /** Symbolic links, and where they lead. */
  readonly links: ReadonlyMap<string, string>;
}

/**
 * Makes a folder have this content, and touches nothing that is as it must be: other builds may be at work in it, each
 * with the same content in mind. What is missing or half written (caches are swept, builds are killed) comes to its
 * place whole, by a rename of one file, so nobody finds less than before. Errors: those of the file system.
 */
export function completeFolder(folder: string, { files, links }: FolderContent): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [name, target] of links)
    if (!isLink(join(folder, name), target)) put(join(folder, name), (path) => symlinkSync(target, path));
  for (const [name, text] of files) putFile(join(folder, name), text);
}

/** Writes a file, whole, unless it is there. Errors: those of the file system. */
export function putFile(path: string, text: string): void {
  if (!isFile(path, text)) put(path, (fresh) => writeFileSync(fresh, text));
}

/** Process ids are not enough for a name: containers may share the folder, and not their pids. */
function put(path: string, make: (fresh: string) => void): void {
  const fresh = `${path}.${randomUUID()}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    make(fresh);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

function isFile(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8') === text;
  } catch {
    return false;
  }
}

function isLink(path: string, target: string): boolean {
  try {
    return readlinkSync(path) === target;
  } catch {
    return false;
  }
}
