import { hex } from '../model/addr.ts';
import type { FrameOfEvent } from '../model/map_event.ts';
import { syncMethodOf } from '../model/sync_method.ts';
import { NumberTable } from './number_table.ts';

/** A frame as a symboliser knows it. */
export interface SymbolFrame {
  readonly function: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly inlined: boolean;
}

/** What can be asked about the addresses of one process. All addresses are run-time addresses. */
export interface ProcessSymbols {
  /** The frames at an instruction, innermost first; those but the last are inlined. Empty when nothing is known. */
  frames(pc: number): readonly SymbolFrame[];
  /** The function that begins at, or holds, `pc`. */
  functionName(pc: number): string | undefined;
  /** `map[string]int` for the descriptor at an address. */
  typeName(address: number): string | undefined;
}

/** A place that calls: what a return address stands for. */
export interface Site {
  /** Dense number, from 0, over all processes: an index for tables. */
  readonly index: number;
  readonly pid: number;
  /** The return address. */
  readonly address: number;
  /** The innermost frame: the source line that says `delete(m, k)`. */
  readonly caller: FrameOfEvent;
  /** All frames at the address, innermost first: more than one where calls were inlined. */
  readonly frames: readonly FrameOfEvent[];
  /** Where the innermost frames are methods of sync.Map, put into their caller: the outermost one, and what called it. */
  readonly sync?: InlinedSync;
}

/** A call of a method of sync.Map that stands in the caller's own code. */
export interface InlinedSync {
  /** `sync.(*Map).Store` */
  readonly method: string;
  readonly caller: FrameOfEvent;
  readonly frames: readonly FrameOfEvent[];
}

/**
 * Remembers what addresses mean, so that each is looked up once: afterwards a question costs a look-up in
 * a flat table. `symbolsOf` is asked once a process; undefined for one that nothing is known of (any more).
 */
export class SymbolCache {
  readonly #symbolsOf: (pid: number) => ProcessSymbols | undefined;
  readonly #processes = new Map<number, ProcessNames>();
  readonly #sites: Site[] = [];
  #pid = -1;
  #names: ProcessNames | undefined;

  constructor(symbolsOf: (pid: number) => ProcessSymbols | undefined) {
    this.#symbolsOf = symbolsOf;
  }

  /** The place that a return address stands for. */
  site(pid: number, returnAddress: number): Site {
    const names = this.#enter(pid);
    const known = names.sites.get(returnAddress);
    if (known >= 0) return this.#sites[known] ?? this.#addSite(pid, returnAddress, names);
    return this.#addSite(pid, returnAddress, names);
  }

  /** All sites seen so far; a site stands at its `index`. */
  get sites(): readonly Site[] {
    return this.#sites;
  }

  /** `map[string]int`, or undefined when not known. */
  typeName(pid: number, type: number): string | undefined {
    const names = this.#enter(pid);
    return type === 0 ? undefined : names.types.get(type, () => names.symbols?.typeName(type));
  }

  /** The function with which goroutines of this start address begin. */
  startFunction(pid: number, startPc: number): string | undefined {
    const names = this.#enter(pid);
    return startPc === 0
      ? undefined
      : names.starts.get(startPc, () => {
          const name = names.symbols?.functionName(startPc);
          return name === undefined ? undefined : withoutShapes(name);
        });
  }

  /** The process has ended, or has become another program. Its sites stay where they are. */
  forgetProcess(pid: number): void {
    this.#processes.delete(pid);
    this.#pid = -1;
  }

  /**
   * The process has its binary at other addresses from now on. Those that were asked for before keep their meaning:
   * rows of before may still come.
   */
  processMoved(pid: number): void {
    const names = this.#processes.get(pid);
    if (names !== undefined) names.symbols = this.#symbolsOf(pid);
  }

  #enter(pid: number): ProcessNames {
    if (pid === this.#pid && this.#names !== undefined) return this.#names;
    let names = this.#processes.get(pid);
    if (names === undefined) {
      names = new ProcessNames(this.#symbolsOf(pid));
      this.#processes.set(pid, names);
    }
    this.#pid = pid;
    this.#names = names;
    return names;
  }

  #addSite(pid: number, address: number, names: ProcessNames): Site {
    // A return address is where the call comes back to, which may be another line already.
    const found = names.symbols?.frames(address - 1) ?? [];
    const unknown: FrameOfEvent = { function: hex(address), inlined: false };
    const frames = found.length === 0 ? [unknown] : found.map(toFrame);
    const sync = inlinedSync(frames);
    const site: Site = {
      index: this.#sites.length,
      pid,
      address,
      caller: frames[0] ?? unknown,
      frames,
      ...(sync === undefined ? {} : { sync }),
    };
    this.#sites.push(site);
    names.sites.set(address, site.index);
    return site;
  }
}

/**
 * `main.del[...]` for `main.del[go.shape.int32]`: which shapes a function was compiled for says nothing to its reader,
 * and Go's own traces leave it out too: go1.26 src/runtime/traceback.go, funcNameForPrint.
 */
export function withoutShapes(name: string): string {
  const start = name.indexOf('[');
  const end = name.lastIndexOf(']');
  return start < 0 || end < start ? name : `${name.slice(0, start)}[...]${name.slice(end + 1)}`;
}

function toFrame(frame: SymbolFrame): FrameOfEvent {
  return {
    function: withoutShapes(frame.function),
    ...(frame.file === undefined ? {} : { file: frame.file }),
    ...(frame.line === undefined ? {} : { line: frame.line }),
    inlined: frame.inlined,
  };
}

function inlinedSync(frames: readonly FrameOfEvent[]): InlinedSync | undefined {
  const first = frames.findIndex((f) => !f.inlined || syncMethodOf(f.function) === undefined);
  const inner = first < 1 ? undefined : frames[first - 1];
  const method = inner === undefined ? undefined : syncMethodOf(inner.function);
  const caller = frames[first];
  return method === undefined || caller === undefined
    ? undefined
    : { method, caller, frames: frames.slice(first) };
}

class ProcessNames {
  symbols: ProcessSymbols | undefined;
  readonly sites = new NumberTable();
  readonly types = new NameTable();
  readonly starts = new NameTable();

  constructor(symbols: ProcessSymbols | undefined) {
    this.symbols = symbols;
  }
}

/** Names by address, each asked for once. */
class NameTable {
  readonly #slots = new NumberTable();
  readonly #names: (string | undefined)[] = [];

  get(address: number, ask: () => string | undefined): string | undefined {
    const known = this.#slots.get(address);
    if (known >= 0) return this.#names[known];
    const name = ask();
    this.#slots.set(address, this.#names.push(name) - 1);
    return name;
  }
}
