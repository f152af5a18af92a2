import type { EventFrame } from '../../protocol/event.ts';
import type { SymbolCache } from '../../stream/symbols.ts';
import type { TracedBatch } from '../../stream/traced_batch.ts';

/** Functions of the runtime on the way from an insert to the growth that it causes. */
const INSIDE =
  /^(?:runtime\.(?:map|hashGrow|growWork|evacuate|advanceEvacuationMark)|internal\/runtime\/maps\.|reflect\.|internal\/reflectlite\.)/;

/** The first frame above the map functions: the program's line that wrote to the map. */
export function writerOf(batch: TracedBatch, row: number, symbols: SymbolCache): EventFrame | undefined {
  const pid = batch.pid[row] ?? 0;
  for (const address of returnAddresses(batch, row))
    for (const frame of symbols.site(pid, address).frames) if (!INSIDE.test(frame.function)) return frame;
  return undefined;
}

function* returnAddresses(batch: TracedBatch, row: number): Generator<number> {
  const caller = batch.caller[row] ?? 0;
  if (caller !== 0) yield caller;
  const at = batch.framesAt[row] ?? -1;
  if (at < 0) return;
  const view = new DataView(batch.payload.buffer, batch.payload.byteOffset);
  for (let i = 0; i < (batch.frameCount[row] ?? 0); i++) yield Number(view.getBigUint64(at + i * 8, true));
}
