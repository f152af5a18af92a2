import { view } from '../../binary/elf/bounded_reader.ts';
import type { TypeHead } from '../../go/types/go_type.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import { plainText } from '../../go/value/format_value.ts';
import { type Addr, addr, hex } from '../../model/addr.ts';
import { isEvacuated, isFull, TOMBSTONE, type UnitShape } from '../slots.ts';

/** What bytes are. */
export type Content =
  | { readonly kind: 'control'; readonly shape: UnitShape['kind'] }
  | { readonly kind: 'value'; readonly type: Addr }
  /** The items of a slice, each of `size` bytes. */
  | { readonly kind: 'items'; readonly type: Addr; readonly size: number };

/** A few bytes that mean something by themselves: a number, an address, a length. */
export interface Leaf {
  /** `value.Hits`, `len(value)`, `value[2]`. */
  readonly label: string;
  /** In bytes from the part's beginning. */
  readonly offset: number;
  readonly size: number;
  /** In Go syntax; undefined where the bytes alone do not tell. */
  readonly text: (bytes: Uint8Array) => string | undefined;
  /** It is one of the two words of a string, which begins here. */
  readonly stringAt?: number;
}

/** More leaves in the eight bytes of a watchpoint are told as bytes. */
const MOST_LEAVES = 4;
const WORD = 8;

/** Bytes `from` to before `to` of a part. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** The leaves that lie in these bytes whole or in part; undefined when they are many, or their types cannot be read. */
export function leavesIn(
  content: Content,
  label: string,
  range: ByteRange,
  types: TypeReader,
): readonly Leaf[] | undefined {
  const found: Leaf[] = [];
  const walk = new Walk(types, range, found);
  switch (content.kind) {
    case 'control':
      return [{ label, offset: 0, size: 1, text: (bytes) => controlText(content.shape, bytes[0] ?? 0) }];
    case 'value':
      walk.value(content.type, label === '*value' ? 'value' : label, 0, label);
      break;
    case 'items':
      walk.items(content.type, content.size, 'value', 0, Infinity);
  }
  return walk.isComplete && found.length > 0 ? found : undefined;
}

/** What a watchpoint on these bytes is called: by the leaves that it covers, else by its bytes. */
export function labelOf(leaves: readonly Leaf[] | undefined, label: string, range: ByteRange): string {
  const bytes = range.to - range.from === 1 ? `byte ${range.from}` : `bytes ${range.from}-${range.to - 1}`;
  if (leaves === undefined || leaves.length > MOST_LEAVES) return `${bytes} of ${label}`;
  const [first] = leaves;
  if (leaves.length > 1) return leaves.map((leaf) => leaf.label).join(', ');
  const whole = first !== undefined && isWithin(first, range);
  return whole ? first.label : `${bytes} of ${label}`;
}

/** Go syntax of what a watchpoint's bytes are; undefined where it holds a part of something only. */
export function textOf(
  leaves: readonly Leaf[] | undefined,
  range: ByteRange,
  bytes: Uint8Array,
): string | undefined {
  if (leaves === undefined || leaves.length > MOST_LEAVES) return undefined;
  const texts = leaves.map((leaf) =>
    isWithin(leaf, range)
      ? leaf.text(bytes.subarray(leaf.offset - range.from, leaf.offset - range.from + leaf.size))
      : undefined,
  );
  return texts.every((text) => text !== undefined) ? texts.join(', ') : undefined;
}

const isWithin = ({ offset, size }: Leaf, { from, to }: ByteRange): boolean =>
  offset >= from && offset + size <= to;

/** What a tophash or control byte says. go1.23.12 src/runtime/map.go; go1.26.8 src/internal/runtime/maps/group.go. */
export function controlText(shape: UnitShape['kind'], control: number): string {
  if (isFull(shape, control)) return `full (${hex(control)})`;
  if (shape === 'swiss') return control === TOMBSTONE ? 'tombstone' : 'empty';
  return isEvacuated(control) ? 'evacuated' : 'empty';
}

class Walk {
  isComplete = true;
  readonly #types: TypeReader;
  readonly #range: ByteRange;
  readonly #found: Leaf[];

  constructor(types: TypeReader, range: ByteRange, found: Leaf[]) {
    this.#types = types;
    this.#range = range;
    this.#found = found;
  }

  /** `whole`: what the value is called where it is no struct or array. */
  value(type: Addr, label: string, offset: number, whole = label): void {
    const head = this.#types.head(type);
    if (head === undefined) {
      this.isComplete = false;
      return;
    }
    if (this.#found.length > MOST_LEAVES || !this.#touches(offset, head.size)) return;
    if (head.kind === 'struct') {
      for (const field of this.#types.fields(type) ?? this.#unknown())
        this.value(field.type, `${label}.${field.name}`, offset + field.offset);
    } else if (head.kind === 'array') {
      const array = this.#types.array(type);
      const size = array === undefined ? undefined : this.#types.head(array.elem)?.size;
      if (array === undefined || size === undefined) this.#unknown();
      else if (size > 0) this.items(array.elem, size, label, offset, array.length);
    } else if (head.kind === 'string') this.#words(offset, [`data of ${whole}`, `len(${whole})`], offset);
    else if (head.kind === 'slice')
      this.#words(offset, [`data of ${whole}`, `len(${whole})`, `cap(${whole})`]);
    else if (head.kind === 'interface') this.#words(offset, [`type of ${whole}`, `data of ${whole}`]);
    else this.#leaf(whole, offset, head.size, (bytes) => scalarText(head, bytes));
  }

  items(type: Addr, size: number, label: string, offset: number, count: number): void {
    const first = Math.max(0, Math.floor((this.#range.from - offset) / size));
    const last = Math.min(count, Math.ceil((this.#range.to - offset) / size));
    for (let i = first; i < last && this.#found.length <= MOST_LEAVES; i++)
      this.value(type, `${label}[${i}]`, offset + i * size);
  }

  #words(offset: number, labels: readonly string[], stringAt?: number): void {
    const text = (label: string, bytes: Uint8Array): string =>
      /^(len|cap)/.test(label) ? String(view(bytes).getBigInt64(0, true)) : pointerText(bytes);
    for (const [i, label] of labels.entries())
      this.#leaf(label, offset + i * WORD, WORD, (bytes) => text(label, bytes), stringAt);
  }

  #leaf(label: string, offset: number, size: number, text: Leaf['text'], stringAt?: number): void {
    if (!this.#touches(offset, size)) return;
    this.#found.push({ label, offset, size, text, ...(stringAt === undefined ? {} : { stringAt }) });
  }

  #touches(offset: number, size: number): boolean {
    return offset < this.#range.to && offset + size > this.#range.from;
  }

  #unknown(): [] {
    this.isComplete = false;
    return [];
  }
}

const POINTERS: ReadonlySet<string> = new Set(['pointer', 'unsafePointer', 'map', 'chan', 'func']);

/** A number or truth value, or an address. */
function scalarText(head: TypeHead, bytes: Uint8Array): string | undefined {
  return POINTERS.has(head.kind) ? pointerText(bytes) : plainText(head, view(bytes), 0);
}

function pointerText(bytes: Uint8Array): string {
  const address = Number(view(bytes).getBigUint64(0, true));
  return address === 0 ? 'nil' : hex(addr(address));
}
