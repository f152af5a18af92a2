import type { FileAddr } from './addr.ts';

/** An instruction that gives way to a jump, in a form that runs anywhere. */
export type Displaced =
  /** Does the same at any address. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A conditional jump to a fixed address; `condition` is the x86 number, 0 to 15. */
  | { readonly kind: 'branch'; readonly condition: number; readonly target: FileAddr };

/** Bytes of a function over which a jump of 5 bytes can be written. */
export interface PatchSite {
  /** `ProbeSite.index`. */
  readonly site: number;
  /** Where the jump goes: the first byte. */
  readonly address: FileAddr;
  /** What stands there: the displaced instructions, 5 bytes or more. Nothing jumps in between them. */
  readonly original: Uint8Array;
  readonly displaced: readonly Displaced[];
  /** How many of `displaced` are to run before the hit is recorded: the stack check's branch up to Go 1.20. */
  readonly first: number;
  /** The processor's flags have a meaning here and must be kept. */
  readonly flagsLive: boolean;
}

/** Offsets in runtime.g and runtime.m by which a hit finds its P and its thread. */
export interface ThreadOffsets {
  readonly gM: number;
  readonly mProcid: number;
  readonly mP: number;
}

/** What the inline probe needs of a binary beside the `ProbePlan`. Pure, like that one. */
export interface PatchPlan {
  readonly sites: readonly PatchSite[];
  readonly thread: ThreadOffsets;
  /** Code that runs once when the program starts and never again: room for a payload, with the bytes that stand there. */
  readonly room: { readonly address: FileAddr; readonly original: Uint8Array };
  /** Code that the Go compiler made, `[start, end)`. */
  readonly text: { readonly start: FileAddr; readonly end: FileAddr };
}
