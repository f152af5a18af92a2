import {
  FLAG_LABELS,
  KEY_AREA,
  LABEL,
  LABEL_NAME_MAX,
  LABEL_NAME_UNREADABLE,
  LABEL_THERE,
  LABEL_VALUE_MAX,
  LABEL_VALUE_UNREADABLE,
  LABELS,
  LABELS_READ,
  LABELS_UNREADABLE,
  MAX_LABELS,
  RECORD,
  RECORD_HEAD,
} from '../../../model/record.ts';
import type { Register } from '../../../model/probe_plan.ts';
import type { Assembler, Label } from '../asm/assembler.ts';
import { at, indexed } from '../asm/operand.ts';
import { type CodeConfig, USE } from './config.ts';

/** The slice in runtime/pprof.LabelSet, and its elements of two texts each: go1.24–1.27 src/runtime/pprof/label.go. */
const LIST = { first: 0, length: 8, capacity: 16 } as const;
const ELEMENT = { name: 0, value: 16, bytes: 32 } as const;
/** runtime.hmap, and a bmap of a map[string]string: go1.18–1.23 src/runtime/map.go. */
const MAP = { count: 0, buckets: 16 } as const;
const BUCKET = { tophash: 0, keys: 8, values: 8 + 16 * MAX_LABELS } as const;
/** The least that bmap.tophash is where an entry stands, and not one that was moved: minTopHash. */
const TOPHASH_ENTRY = 5;
const STRING = { bytes: 0, length: 8 } as const;
/** Nothing of a program lies below: minLegalPointer, go1.26.8 src/runtime/malloc.go. */
const LEAST_POINTER = 4096;
/** Of an address of user space: Linux, Documentation/arch/x86/x86_64/mm.rst. */
const POINTER_BITS = 47;
const MOST_LENGTH = 0xffff_ffff;

const SAVED = ['RAX', 'RBX', 'RCX', 'RDI'] as const;
/** Within the routine: the label of the record that is filled, and where its texts come from. */
const LABELS_OF = { to: 'RDI', from: 'RBX', n: 'RCX', name: 'RSI', value: 'RAX' } as const;

/**
 * A routine that puts the labels of the goroutine into the record: the kernel program's decisions (bpf/hit.h,
 * fill_labels) once more. What it reads the goroutine keeps alive, and nobody changes once it is set; a pointer that is
 * none is not followed. Uses RDX, RSI, R9, R10, R11, X0. Returns its address.
 */
export function writeLabels(a: Assembler, { offsets }: CodeConfig, copy: number): number {
  a.align(16);
  const take = a.here;
  writeTake(a, copy);
  a.align(16);
  const start = a.here;
  const [end, unreadable] = [a.label(), a.label()];
  for (const register of SAVED) a.push(register);
  a.alu('or', at(USE.record, RECORD.flags), FLAG_LABELS, 1);
  a.lea(LABELS_OF.to, at(USE.record, RECORD_HEAD + KEY_AREA));
  a.storeImm(at(LABELS_OF.to, LABELS.total), 0, 8);
  a.storeImm(at(LABELS_OF.to, LABELS.state), LABELS_READ, 8);
  for (let i = 0; i < MAX_LABELS; i++)
    a.storeImm(at(LABELS_OF.to, LABELS.label + i * LABEL.size + LABEL.state), 0, 4);
  a.mov(LABELS_OF.from, at('R14', offsets.gLabels));
  isPointer(a, LABELS_OF.from, unreadable);
  if (offsets.labelsForm === 'list') fromList(a, take, unreadable, end);
  else fromMap(a, take, unreadable, end);
  a.bind(unreadable);
  a.storeImm(at(USE.record, RECORD_HEAD + KEY_AREA + LABELS.state), LABELS_UNREADABLE, 8);
  a.bind(end);
  for (const register of [...SAVED].reverse()) a.pop(register);
  a.ret();
  return start;
}

/** The slice is at `from`. */
function fromList(a: Assembler, take: number, unreadable: Label, end: Label): void {
  const { to, from, n, name, value } = LABELS_OF;
  const [few, again] = [a.label(), a.label()];
  a.mov(n, at(from, LIST.length));
  a.alu('cmp', n, at(from, LIST.capacity));
  a.jcc('a', unreadable);
  a.mov(at(to, LABELS.total), n);
  a.test(n, n);
  a.jcc('e', end);
  a.mov(from, at(from, LIST.first));
  isPointer(a, from, unreadable);
  a.alu('cmp', n, MAX_LABELS);
  a.jcc('be', few);
  a.movImm(n, MAX_LABELS);
  a.bind(few);
  a.alu('add', to, LABELS.label);
  a.bind(again);
  a.lea(name, at(from, ELEMENT.name));
  a.lea(value, at(from, ELEMENT.value));
  a.call(take);
  a.alu('add', from, ELEMENT.bytes);
  a.alu('add', to, LABEL.size);
  a.dec(n);
  a.jcc('ne', again);
  a.jmp(end);
}

/** The map is at [`from`]. One of up to eight entries is a single bucket; of a larger one its first is told. */
function fromMap(a: Assembler, take: number, unreadable: Label, end: Label): void {
  const { to, from, n, name, value } = LABELS_OF;
  const [again, empty] = [a.label(), a.label()];
  a.mov(from, at(from));
  a.test(from, from);
  a.jcc('e', end);
  isPointer(a, from, unreadable);
  a.mov(n, at(from, MAP.count));
  a.mov(at(to, LABELS.total), n);
  a.test(n, n);
  a.jcc('e', end);
  a.mov(from, at(from, MAP.buckets));
  isPointer(a, from, unreadable);
  a.alu('add', to, LABELS.label);
  a.alu('xor', n, n, 4);
  a.bind(again);
  a.alu('cmp', indexed(from, n, 1, BUCKET.tophash), TOPHASH_ENTRY, 1);
  a.jcc('b', empty);
  a.mov(value, n);
  a.shift('shl', value, 4);
  a.lea(name, indexed(from, value, 1, BUCKET.keys));
  a.lea(value, indexed(from, value, 1, BUCKET.values));
  a.call(take);
  a.bind(empty);
  a.alu('add', to, LABEL.size);
  a.alu('add', n, 1, 4);
  a.alu('cmp', n, MAX_LABELS, 4);
  a.jcc('b', again);
  a.jmp(end);
}

/** A label into that of the record, from where its two texts are. Uses RAX, RDX, RSI, R9, R10, R11, X0. */
function writeTake(a: Assembler, copy: number): void {
  a.storeImm(at(LABELS_OF.to, LABEL.state), LABEL_THERE, 4);
  takeText(a, copy, LABELS_OF.name, {
    length: LABEL.nameLength,
    bytes: LABEL.name,
    limit: LABEL_NAME_MAX,
    unreadable: LABEL_NAME_UNREADABLE,
  });
  takeText(a, copy, LABELS_OF.value, {
    length: LABEL.valueLength,
    bytes: LABEL.value,
    limit: LABEL_VALUE_MAX,
    unreadable: LABEL_VALUE_UNREADABLE,
  });
  a.ret();
}

/** Where in the label a text comes, and what says that it is none. */
interface TextPlace {
  readonly length: number;
  readonly bytes: number;
  readonly limit: number;
  readonly unreadable: number;
}

function takeText(
  a: Assembler,
  copy: number,
  text: Register,
  { length, bytes, limit, unreadable }: TextPlace,
): void {
  const [long, short, none, done] = [a.label(), a.label(), a.label(), a.label()];
  a.mov('RDX', at(text, STRING.length));
  a.mov('RSI', at(text, STRING.bytes));
  a.movImm('R9', MOST_LENGTH);
  a.alu('cmp', 'RDX', 'R9');
  a.jcc('a', long);
  a.mov('R9', 'RDX', 4);
  a.bind(long);
  a.mov(at(LABELS_OF.to, length), 'R9', 4);
  a.alu('cmp', 'RDX', limit);
  a.jcc('be', short);
  a.movImm('RDX', limit);
  a.bind(short);
  a.lea('R11', at(LABELS_OF.to, bytes));
  a.test('RDX', 'RDX');
  a.jcc('e', done);
  isPointer(a, 'RSI', none);
  a.call(copy);
  a.jmp(done);
  a.bind(none);
  a.mov(at('R11'), 'RSI');
  a.alu('or', at(LABELS_OF.to, LABEL.state), unreadable, 4);
  a.bind(done);
}

/** On to `otherwise` with what no pointer is. Uses R9. */
function isPointer(a: Assembler, register: Register, otherwise: Label): void {
  a.alu('cmp', register, LEAST_POINTER);
  a.jcc('b', otherwise);
  a.mov('R9', register);
  a.shift('shr', 'R9', POINTER_BITS);
  a.jcc('ne', otherwise);
}
