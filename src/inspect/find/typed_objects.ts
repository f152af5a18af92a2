import { view } from '../../binary/elf/bounded_reader.ts';
import type { GoType } from '../../go/debug/go_type.ts';
import { runtimeType } from '../../go/debug/runtime_type.ts';
import { type Addr, addr } from '../../model/addr.ts';
import { wordAt } from '../place/place.ts';
import type { Program } from '../place/program.ts';
import { isPointer, type Segment } from '../place/segments.ts';
import { isDescriptor } from './interface_words.ts';

/** A variable that points to an object of the heap whose type the runtime keeps beside it. */
export interface TypedObject {
  /** Of the variable, in bytes from the segment's start. */
  readonly offset: number;
  readonly address: Addr;
  readonly type: GoType;
}

/** Objects with a header: go1.22–1.27 src/runtime/mbitmap.go, minSizeForMallocHeader and mallocHeaderSize. */
const FIRST_MINOR = 22;
const HEADER = 8;
const SMALLEST = 512 - HEADER;
const LARGEST = 32768 - HEADER;
/** Sizes of larger objects are multiples of this, so that each begins at one: src/runtime/sizeclasses.go. */
const ALIGNMENT = 64;

/**
 * Objects of more than 512 bytes with pointers have their type in the word before them. Smaller objects can lie
 * behind such a word by chance, hence only structs of a fitting size are taken, at addresses where large
 * objects begin.
 */
export function* typedObjectsIn(program: Program, segment: Segment): Generator<TypedObject> {
  if (program.binary.version.minor < FIRST_MINOR) return;
  const words = view(segment.bytes);
  for (let offset = 0; offset + 8 <= segment.bytes.length; offset += 8) {
    if (!isPointer(segment.mask, offset / 8)) continue;
    const address = Number(words.getBigUint64(offset, true));
    if (address % ALIGNMENT !== HEADER) continue;
    const header = wordAt(program.memory, address - HEADER);
    if (header === undefined || !isDescriptor(program, header)) continue;
    const type = runtimeType(program.types, addr(header));
    if (type?.kind !== 'struct' || type.size <= SMALLEST || type.size > LARGEST) continue;
    yield { offset, address: addr(address), type };
  }
}
