import { readdirSync, statSync } from 'node:fs';

/** What a process runs, as far as it can be told cheaply: changes with each exec of another file. */
type Image = string;

interface Seen {
  image: Image | undefined;
  /** Looks at which it ran that. */
  looks: number;
  isTold: boolean;
}

/**
 * Finds processes that have come, each once for each file that it runs. A process is told at the second look that finds
 * it with the same file: between fork and exec it is a copy of the one that starts it.
 */
export class ProcessList {
  #seen = new Map<number, Seen>();
  #isFirst = true;
  readonly #own: number;

  constructor(own: number = process.pid) {
    this.#own = own;
  }

  /** Pids that are to be looked at; at the first look all there are. */
  look(): readonly number[] {
    const there = new Map<number, Seen>();
    const fresh: number[] = [];
    for (const name of readdirSync('/proc')) {
      const pid = Number(name);
      if (!Number.isInteger(pid) || pid === this.#own) continue;
      const image = imageOf(pid);
      const before = this.#seen.get(pid);
      const seen =
        before !== undefined && before.image === image ? before : { image, looks: 0, isTold: false };
      seen.looks++;
      there.set(pid, seen);
      if (image === undefined || seen.isTold || (seen.looks < 2 && !this.#isFirst)) continue;
      seen.isTold = true;
      fresh.push(pid);
    }
    this.#seen = there;
    this.#isFirst = false;
    return fresh;
  }

  /** It is told once more: what was tried may go another time. */
  again(pid: number): void {
    this.#seen.delete(pid);
  }
}

/** Undefined for threads of the kernel, and for what may not be looked at. */
function imageOf(pid: number): Image | undefined {
  try {
    const { dev, ino } = statSync(`/proc/${pid}/exe`);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
