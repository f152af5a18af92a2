import type { TraceEvent } from './event.ts';
import type { Summary } from './summary.ts';

/** Whose recording is read. A file is what the hook left, a copy of that, or a core dump. */
export type CrashSubject =
  { readonly type: 'pid'; readonly pid: number } | { readonly type: 'file'; readonly path: string };

export interface CrashOptions {
  readonly subject: CrashSubject;
  /** The program's file; absent: the one that ran, where it was. */
  readonly exe?: string;
  /** Frames of each stack beyond the caller. */
  readonly frames: number;
  /** The newest so many events; absent: all that are left. */
  readonly limit?: number;
}

/** What a recorder has left, before the events themselves. */
export interface Crash {
  readonly type: 'crash';
  /** As the process saw itself. */
  readonly pid: number;
  readonly name: string;
  readonly go_version: string;
  /** The runtime ended the program; otherwise it still runs, or was killed. */
  readonly crashed: boolean;
  /** The goroutine that the runtime ended the program for. */
  readonly goroutine?: number;
  /** The time in which a mapaudit read the program: of it, only what that asked for was kept. Without `to`: to the end. */
  readonly lent?: { readonly from: string; readonly to?: string };
  /** The file is cut off or damaged: so many of its rings, one for each P, could not be read. What they held is missing. */
  readonly rings?: { readonly unread: number; readonly all: number };
  /** The map that this goroutine worked on last. Then the events are those of this map. */
  readonly map?: { readonly address: string };
}

/** `crash` first, `summary` last. */
export type CrashLine = Crash | TraceEvent | Summary;
