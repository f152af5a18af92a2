import type { Closable } from '../base/dispose.ts';
import { closed, opened } from './handles.ts';
import { SYS, trySyscall } from './libc.ts';

/** An owned file descriptor: whoever holds it closes it, once. */
export class Fd implements Closable {
  #number: number;

  constructor(number: number, what: string) {
    this.#number = number;
    opened(this, what);
  }

  /** The number, for a system call. Throws after `close`: a closed number may belong to somebody else by now. */
  get number(): number {
    if (this.#number < 0) throw new Error('internal: file descriptor used after close');
    return this.#number;
  }

  close(): void {
    if (this.#number < 0) return;
    trySyscall(SYS.close, this.#number);
    this.#number = -1;
    closed(this);
  }
}
