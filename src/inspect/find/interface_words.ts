import { view } from '../../binary/elf/bounded_reader.ts';
import { runtimeType } from '../../go/debug/runtime_type.ts';
import type { GoType } from '../../go/debug/go_type.ts';
import { type Addr, addr, toAddr } from '../../model/addr.ts';
import type { Program } from '../place/program.ts';
import { isPointer, type Segment } from '../place/segments.ts';

/** An interface variable: where it is, and what type of value it holds. */
export interface InterfaceWords {
  /** In bytes from the segment's start. */
  readonly offset: number;
  readonly type: GoType;
  /** The value lies in the interface's second word itself. */
  readonly direct: boolean;
  /** The second word. */
  readonly data: Addr;
}

/**
 * Interfaces among a segment's words: the first word is no pointer to the garbage collector and yet the address
 * of a type descriptor or of an itab, the second one is a pointer. go1.18–1.27
 * src/cmd/compile/internal/typebits/typebits.go, TINTER.
 */
export function* interfacesIn(program: Program, segment: Segment): Generator<InterfaceWords> {
  const { bytes, mask } = segment;
  const words = view(bytes);
  for (let offset = 0; offset + 16 <= bytes.length; offset += 8) {
    if (isPointer(mask, offset / 8) || !isPointer(mask, offset / 8 + 1)) continue;
    const first = Number(words.getBigUint64(offset, true));
    const data = Number(words.getBigUint64(offset + 8, true));
    const descriptor = first === 0 || data === 0 ? undefined : descriptorOf(program, first);
    const type = descriptor === undefined ? undefined : runtimeType(program.types, addr(descriptor));
    if (descriptor === undefined || type === undefined) continue;
    const direct = program.types.head(addr(descriptor))?.direct === true;
    yield { offset, type, direct, data: addr(data) };
  }
}

/** The descriptor that an interface's first word is, or that its itab names. */
function descriptorOf(program: Program, word: number): number | undefined {
  if (isDescriptor(program, word)) return word;
  // abi.ITab: the interface's type, the value's type, the hash of the latter. go1.18–1.27 src/internal/abi/iface.go.
  const tab = word % 8 === 0 ? program.memory.read(word, 24) : undefined;
  if (tab === undefined) return undefined;
  const inter = Number(view(tab).getBigUint64(0, true));
  const type = Number(view(tab).getBigUint64(8, true));
  const hash = isDescriptor(program, type) ? program.memory.read(type + 16, 4) : undefined;
  if (hash === undefined || view(hash).getUint32(0, true) !== view(tab).getUint32(16, true)) return undefined;
  return isDescriptor(program, inter) && program.types.head(addr(inter))?.kind === 'interface'
    ? type
    : undefined;
}

/** A type descriptor of the program itself; those made by reflect lie in the heap and are not told from others. */
export function isDescriptor(program: Program, address: number): boolean {
  const { types, etypes } = program.binary.moduleData;
  if (address % 8 !== 0) return false;
  if (address < toAddr(types, program.bias) || address >= toAddr(etypes, program.bias)) return false;
  return program.types.head(addr(address)) !== undefined;
}
