import type { FrameOfEvent } from '../../model/map_event.ts';

/** Tells lines of the program from those of Go's own packages, which delete, loop and make for it. */
export class ProgramLines {
  readonly #root: string;

  /** `runtimeFile` is where the runtime's own code says to be: `/usr/local/go/src/runtime/proc.go`. */
  constructor(runtimeFile: string | undefined) {
    const at = runtimeFile?.lastIndexOf('runtime/') ?? -1;
    this.#root = at > 0 ? (runtimeFile?.slice(0, at) ?? '') : '';
  }

  /** The innermost frame that is the program's own. */
  of(frames: readonly FrameOfEvent[]): FrameOfEvent | undefined {
    return frames.find((frame) => frame.line !== undefined && !this.#isGos(frame));
  }

  #isGos({ file, function: name }: FrameOfEvent): boolean {
    if (file === undefined) return true;
    if (this.#root !== '') return file.startsWith(this.#root);
    // With -trimpath a file is named by its package's path, and Go's own have no dot in its first part.
    const first = file.slice(0, Math.max(0, file.indexOf('/')));
    return !first.includes('.') && !name.startsWith('main.') && first !== '' && !file.startsWith('/');
  }
}
