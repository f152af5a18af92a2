import { CodeOutline } from '../../binary/x86/outline.ts';
import { type FileAddr, fileAddr } from '../../model/addr.ts';
import type { GoBinary } from '../go_binary.ts';
import type { GoFunction } from '../pclntab/pclntab.ts';
import { MAP_CALLS, type MapCall } from './map_calls.ts';
import { scanCalls } from './scan_calls.ts';

/** A call of a map function, where it stands. */
export interface CallSite {
  /** Address of the CALL. */
  readonly address: FileAddr;
  readonly callee: MapCall;
  /** The function whose code holds it; what was inlined there is told by the frames at the address. */
  readonly within: GoFunction;
}

/** So many functions' code is kept decoded. */
const KEPT = 64;

/** The code of a binary, as far as calls of map functions are concerned. */
export class MapCode {
  readonly binary: GoBinary;
  readonly #outlines = new Map<FileAddr, CodeOutline>();

  constructor(binary: GoBinary) {
    this.binary = binary;
  }

  /** A function's code. The last few are kept: questions come function by function. */
  outline(f: GoFunction): CodeOutline {
    const known = this.#outlines.get(f.start);
    if (known !== undefined) return known;
    const made = new CodeOutline(this.binary.readCode(f), f.start);
    this.#outlines.set(f.start, made);
    const [oldest] = this.#outlines.keys();
    if (this.#outlines.size > KEPT && oldest !== undefined) this.#outlines.delete(oldest);
    return made;
  }

  /** What looks like a call of a map function, in all of Go's code. `isCall` decides. */
  candidates(): CallSite[] {
    const callees = new Map<number, MapCall>();
    for (const call of MAP_CALLS) {
      const f = this.binary.functionNamed(call.name);
      if (f !== undefined) callees.set(f.start, call);
    }
    return this.callsOf(callees).flatMap(({ address, target }) => {
      const callee = callees.get(target);
      const within = this.binary.functionAt(address);
      // What the map functions call in each other is a part of the operation that called them.
      if (callee === undefined || within === undefined || OWN.has(within.name)) return [];
      return { address, callee, within };
    });
  }

  /** Places that look like calls of any of these addresses. */
  callsOf(targets: ReadonlyMap<number, unknown>): { address: FileAddr; target: FileAddr }[] {
    if (targets.size === 0) return [];
    const { text, etext } = this.binary.moduleData;
    const code = { read: (at: FileAddr, length: number) => this.binary.elf.read(at, length) };
    return scanCalls(code, text, etext, new Set(targets.keys()));
  }

  /** Whether an instruction begins at the address: the bytes might stand inside another one. */
  isCall(address: FileAddr, within: GoFunction): boolean {
    return this.outline(within).indexAt(fileAddr(address)) !== undefined;
  }
}

const OWN: ReadonlySet<string> = new Set(MAP_CALLS.map((call) => call.name));
