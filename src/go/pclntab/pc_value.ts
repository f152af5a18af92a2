/**
 * The value that a pc-value table gives for an address of a function: pairs of a zig-zag coded change of the
 * value and a change of the pc, both as variable-length numbers. It begins with -1 at the function's start.
 * go1.26.8 src/runtime/symtab.go, pcvalue and step. Undefined beyond the table's end.
 */
export function pcValue(bytes: Uint8Array, at: number, start: number, address: number): number | undefined {
  let value = -1;
  let pc = start;
  let position = at;
  for (let first = true; position < bytes.length; first = false) {
    const change = readVarint(bytes, position);
    if (change.value === 0 && !first) return undefined;
    value += change.value & 1 ? ~(change.value >>> 1) : change.value >>> 1;
    const step = readVarint(bytes, change.end);
    pc += step.value;
    position = step.end;
    if (address < pc) return value;
  }
  return undefined;
}

function readVarint(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  let end = at;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[end++] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return { value: value >>> 0, end };
}

/** `[start, end)` of a function's code where a pc-value table gives one value. */
export interface PcRange {
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

/** All of a pc-value table from a function's start up to its end, in order. */
export function pcRanges(bytes: Uint8Array, at: number, start: number, end: number): PcRange[] {
  const found: PcRange[] = [];
  let value = -1;
  let pc = start;
  let position = at;
  for (let first = true; position < bytes.length && pc < end; first = false) {
    const change = readVarint(bytes, position);
    if (change.value === 0 && !first) break;
    value += change.value & 1 ? ~(change.value >>> 1) : change.value >>> 1;
    const step = readVarint(bytes, change.end);
    found.push({ start: pc, end: pc + step.value, value });
    pc += step.value;
    position = step.end;
  }
  return found;
}
