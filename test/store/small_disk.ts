import { execFileSync } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';

/** A disk of its own that can be filled. */
export interface SmallDisk {
  readonly path: (name: string) => string;
  /** The files on it, without the one that fills it. */
  readonly files: () => readonly string[];
  /** Leaves so many bytes of room: none, or whole pages. */
  readonly fill: (room?: number) => void;
  readonly makeRoom: () => void;
  /** Also while somebody has a file of it open. */
  readonly remove: () => void;
}

/** Needs root, as mounting does. */
export function smallDisk(folder: string, size: string): SmallDisk {
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
  const filler = `${folder}/filler`;
  return {
    path: (name) => `${folder}/${name}`,
    files: () => readdirSync(folder).filter((name) => name !== 'filler'),
    fill: (room = 0) => {
      const file = openSync(filler, 'a');
      try {
        for (const part = Buffer.alloc(4096); ;) writeSync(file, part);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        ftruncateSync(file, fstatSync(file).size - room);
      } finally {
        closeSync(file);
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    remove: () => execFileSync('umount', ['--lazy', folder]),
  };
}
