import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';

/** The directory that the go command works in, by both of its names. */
export interface WorkingDirectory {
  /** Without symbolic links: files that are named relatively are opened from here, since the kernel does that. */
  readonly real: string;
  /** As Go's os.Getwd names it: modules, workspaces and the keys of overlays are looked for by this one. */
  readonly named: string;
}

/**
 * What os.Getwd says after a chdir to `to` (`-C`): PWD, if it is an absolute name of that very directory, or else the
 * kernel's name. A directory that is not there keeps its name: the go command says so.
 */
export function workingDirectory(to: string | undefined, pwd: string | undefined): WorkingDirectory {
  try {
    // The kernel goes through a link before it goes up from there, so nothing is shortened beforehand.
    const real = realpathSync.native(to ?? '.');
    return { real, named: pwd !== undefined && isAbsolute(pwd) && isSame(pwd, real) ? pwd : real };
  } catch {
    const missing = resolve(to ?? '.');
    return { real: missing, named: missing };
  }
}

/**
 * The name under which the hooked go command is to know its directory, for PWD: beneath GOROOT it is the link's.
 * There, packages of the standard library are those of the main module `std` (or `cmd`), found where it works, and the
 * overlay's keys are the link's.
 */
export function workingName({ real, named }: WorkingDirectory, goroot: string): string {
  try {
    const beneath = relative(realpathSync(goroot), real);
    return beneath === '..' || beneath.startsWith('../') ? named : join(goroot, beneath);
  } catch {
    return named; // not there: the go command says so
  }
}

function isSame(one: string, other: string): boolean {
  try {
    const [a, b] = [statSync(one, { bigint: true }), statSync(other, { bigint: true })];
    return a.dev === b.dev && a.ino === b.ino;
  } catch {
    return false;
  }
}
