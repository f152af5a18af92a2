/** What `detach` is asked for. */
export interface DetachOptions {
  readonly pid: number;
}

/** A program without the code of an inline probe that nobody looks after any more. */
export interface Detached {
  readonly type: 'detached';
  readonly pid: number;
  readonly name: string;
  /** Something was there, and is taken out. */
  readonly found: boolean;
  /** How long those threads of the program that ran stood still, in milliseconds; absent when nothing was there. */
  readonly still_ms?: number;
}
