import type { Closable } from '../base/dispose.ts';
import type { Fd } from './fd.ts';
import { closed, opened } from './handles.ts';
import { succeed, SYS, trySyscall, viewMemory } from './libc.ts';

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;

/** A shared mapping of a file descriptor, seen as bytes without a copy. */
export class MemoryMap implements Closable {
  readonly #address: number;
  readonly #length: number;
  #bytes: Uint8Array;

  private constructor(address: number, length: number) {
    this.#address = address;
    this.#length = length;
    this.#bytes = viewMemory(address, length);
    opened(this, `mapping of ${length} bytes`);
  }

  static of(fd: Fd, access: 'read' | 'read-write', offset: number, length: number): MemoryMap {
    const protection = access === 'read' ? PROT_READ : PROT_READ | PROT_WRITE;
    const result = trySyscall(SYS.mmap, 0, length, protection, MAP_SHARED, fd.number, offset);
    return new MemoryMap(succeed(result, `mmap of ${length} bytes`), length);
  }

  /** Empty after `close`. Views that were made of it before must not be touched any more. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  close(): void {
    if (this.#bytes.length === 0) return;
    this.#bytes = new Uint8Array(0);
    trySyscall(SYS.munmap, this.#address, this.#length);
    closed(this);
  }
}
