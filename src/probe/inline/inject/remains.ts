import { MapauditError } from '../../../base/errors.ts';
import {
  decodeHeader,
  decodeJournal,
  HEADER_BYTES,
  type Journal,
  JOURNAL_BYTES,
  OWN_BYTES,
  ownOf,
  type PatchHeader,
} from './journal.ts';
import { MEMORY_NAME } from './payload.ts';
import type { Tracee } from './tracee.ts';

/** What a mapaudit, this one or an earlier, has left in a program. */
export interface Remains {
  /** Memory of ours: the trampolines and the shared part, as far as they are there; the page before that belongs to it. */
  readonly code: { readonly start: number; readonly bytes: number } | undefined;
  readonly shared: { readonly start: number; readonly bytes: number } | undefined;
  /** What is patched; undefined when nothing can be: the header is written before the first site. */
  readonly header: PatchHeader | undefined;
  /** The start code holds a payload of ours. */
  readonly journal: Journal | undefined;
}

/** Start code that is as in the file. */
export interface Room {
  readonly address: number;
  readonly original: Uint8Array;
}

/** Errors: `foreign-code` when somebody else has written over the start code, `no-such-process`. */
export function findRemains(tracee: Tracee, room: Room): Remains {
  const ours = tracee.mappings().filter(({ name }) => name.startsWith(`/memfd:${MEMORY_NAME}`));
  const part = (executable: boolean): Remains['code'] => {
    const found = ours.filter(({ rights }) => rights.includes('x') === executable);
    const [first, last] = [found[0], found.at(-1)];
    return first === undefined || last === undefined
      ? undefined
      : { start: first.start, bytes: last.end - first.start };
  };
  const code = part(true);
  const header = code === undefined ? undefined : decodeHeader(tracee.read(code.start, HEADER_BYTES));
  const now = tracee.read(room.address, room.original.length);
  if (now.length < room.original.length && !tracee.hasMemory) throw tracee.gone();
  const journal = decodeJournal(now.slice(0, JOURNAL_BYTES));
  if (journal === undefined && !same(now, room.original)) throw foreign(tracee, room.address);
  return {
    code,
    shared: sharedPart(part(false), header ?? journal),
    header,
    journal,
  };
}

/**
 * Without the page before it, which bears our name only until the process has one of its own there: killed in between,
 * a mapaudit leaves a part that begins with it.
 */
function sharedPart(found: Remains['code'], known: Journal | undefined): Remains['shared'] {
  if (found === undefined || known === undefined || found.start !== ownOf(known)) return found;
  return { start: found.start + OWN_BYTES, bytes: found.bytes - OWN_BYTES };
}

export const isClean = ({ code, shared, journal }: Remains): boolean =>
  code === undefined && shared === undefined && journal === undefined;

export const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** `found`: what stands there. */
export function foreign(tracee: Tracee, address: number, found?: Uint8Array): MapauditError {
  const what =
    found?.[0] === INT3
      ? 'a breakpoint (of a debugger), or a uprobe (bpftrace, perf, the kernel probe of another mapaudit)'
      : "neither the program's own code nor mapaudit's";
  return new MapauditError(
    'foreign-code',
    `pid ${tracee.pid}: at 0x${address.toString(16)} stands ${what}; nothing was changed`,
    {
      hint: 'Another tool has changed the code of this process. End that one, or use --probe kernel.',
      fields: { address },
    },
  );
}

/** What a breakpoint puts over the first byte of an instruction. */
const INT3 = 0xcc;
