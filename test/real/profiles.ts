import { execFileSync } from 'node:child_process';
import { get } from 'node:http';

/** A record of a heap profile: what is in use of what one place allocated. */
export interface HeapRecord {
  readonly objects: number;
  readonly bytes: number;
  /** Return addresses, the innermost first. */
  readonly stack: readonly number[];
  /** The function of the program that asked for it, behind the runtime's own. */
  readonly site: string;
}

/** A pool keeps what nobody uses for two collections (sync.Pool), and a profile is of the last that is complete. */
const COLLECTIONS = 3;

/**
 * The heap profile of a program that serves /debug/pprof, after collections. With GODEBUG=memprofilerate=1 in the
 * program's environment every allocation is in it, so that numbers are exact.
 */
export async function heapProfile(url: string): Promise<readonly HeapRecord[]> {
  let text = '';
  for (let i = 0; i < COLLECTIONS; i++) text = await fetchText(`${url}/debug/pprof/heap?gc=1&debug=1`);
  return text.split('\n\n').flatMap((block) => {
    const head = /^(\d+): (\d+) \[\d+: \d+\] @ (.*)$/m.exec(block);
    const first = /^#\t0x[0-9a-f]+\t(.*?)\+0x[0-9a-f]+/m.exec(block);
    if (head === null || head[2] === '0') return [];
    const stack = (head[3] ?? '').split(' ').map(Number);
    return [{ objects: Number(head[1]), bytes: Number(head[2]), stack, site: first?.[1] ?? '' }];
  });
}

/** Bytes of maps by the function of the program in which they were made or grew. */
export function mapBytes(records: readonly HeapRecord[], symbols: Symbols): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const { stack, site, bytes: size } of records) {
    const names = stack.map((pc) => symbols.at(pc - 1));
    const own = names.slice(
      0,
      names.findIndex((name) => !isRuntime(name)),
    );
    if (own.some((name) => MAP_FUNCTIONS.test(name))) bytes.set(site, (bytes.get(site) ?? 0) + size);
  }
  return bytes;
}

/** What makes maps or lets them grow, by the names in Go's sources; nothing of this comes from mapaudit. */
const MAP_FUNCTIONS = /^(?:runtime\.(?:mapassign|makemap|mapclear|mapclone)|internal\/runtime\/maps\.)/;
const isRuntime = (name: string): boolean => /^(?:runtime|internal\/runtime\/\w+)\./.test(name);

/** The functions of a binary, as `go tool nm` prints them. */
export class Symbols {
  readonly #starts: readonly number[];
  readonly #names: readonly string[];

  constructor(binary: string) {
    const text = execFileSync('go', ['tool', 'nm', '-n', binary], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const lines = [...text.matchAll(/^ *([0-9a-f]+) [Tt] (.*)$/gm)];
    this.#starts = lines.map((line) => parseInt(line[1] ?? '', 16));
    this.#names = lines.map((line) => line[2] ?? '');
  }

  at(pc: number): string {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= pc) low = middle + 1;
      else high = middle;
    }
    return this.#names[low - 1] ?? '';
  }
}

function fetchText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}
