import type { Closable } from '../base/dispose.ts';
import { type GoBinary, openGoBinary } from '../go/go_binary.ts';
import type { FileSource } from '../sys/file_source.ts';

/** A binary that is open until this is closed. */
export interface HeldBinary extends Closable {
  readonly binary: GoBinary;
}

interface Shared {
  readonly binary: GoBinary;
  readonly file: FileSource;
  holders: number;
}

/** Binaries that several processes run are opened once: the tables of a large one take tens of megabytes, and time. */
export class SharedBinaries {
  readonly #shared = new Map<string, Shared>();

  /** The binary in a file, which is closed here when nobody needs it. `name`: for errors. Errors: those of `openGoBinary`. */
  hold(file: FileSource, name: string): HeldBinary {
    const key = `${file.identity} ${file.state}`;
    let shared = this.#shared.get(key);
    if (shared === undefined) this.#shared.set(key, (shared = opened(file, name)));
    else file.close();
    shared.holders++;
    const { binary } = shared;
    let isHeld = true;
    return {
      binary,
      close: () => {
        if (isHeld) this.#letGo(key, shared);
        isHeld = false;
      },
    };
  }

  #letGo(key: string, shared: Shared): void {
    if (--shared.holders > 0) return;
    this.#shared.delete(key);
    shared.file.close();
  }
}

function opened(file: FileSource, name: string): Shared {
  try {
    return { binary: openGoBinary({ name, read: (at, n) => file.read(at, n) }), file, holders: 0 };
  } catch (error) {
    file.close();
    throw error;
  }
}
