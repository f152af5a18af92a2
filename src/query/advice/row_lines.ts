import type { FrameOfEvent } from '../../model/map_event.ts';
import type { SymbolCache } from '../../stream/symbols.ts';
import type { TracedBatch } from '../../stream/traced_batch.ts';
import type { ProgramLines } from './program_line.ts';

/** The line of the program behind each row, by a return address. */
export class RowLines {
  readonly #symbols: SymbolCache;
  readonly #lines: ProgramLines;
  readonly #known = new Map<number, FrameOfEvent | undefined>();

  constructor(symbols: SymbolCache, lines: ProgramLines) {
    this.#symbols = symbols;
    this.#lines = lines;
  }

  /** The first return address that lies in the program's own code; the caller's when none does. */
  addressOf(batch: TracedBatch, row: number): number {
    const pid = batch.pid[row] ?? 0;
    const caller = batch.caller[row] ?? 0;
    if (this.line(pid, caller) !== undefined) return caller;
    const at = batch.framesAt[row] ?? -1;
    if (at < 0) return caller;
    const view = new DataView(batch.payload.buffer, batch.payload.byteOffset);
    for (let i = 0; i < (batch.frameCount[row] ?? 0); i++) {
      const address = Number(view.getBigUint64(at + i * 8, true));
      if (this.line(pid, address) !== undefined) return address;
    }
    return caller;
  }

  /** The program's line at a return address; undefined where the code is not its own. */
  line(pid: number, address: number): FrameOfEvent | undefined {
    if (address === 0) return undefined;
    if (!this.#known.has(address))
      this.#known.set(address, this.#lines.of(this.#symbols.site(pid, address).frames));
    return this.#known.get(address);
  }
}
