import { view } from '../binary/elf/bounded_reader.ts';
import {
  type Elsewhere,
  formatValue,
  type FormattedValue,
  type Missing,
  pointerTo,
  type TextPart,
  typedAddress,
  type ValuePart,
  type WritePart,
} from '../go/value/format_value.ts';
import type { TypeHead } from '../go/types/go_type.ts';
import type { TypeReader } from '../go/types/type_reader.ts';
import { type Addr, addr } from '../model/addr.ts';
import type { ByteSource } from '../model/byte_source.ts';

/** How much of a value is shown. */
export interface ValueLimits {
  /** Bytes of each text. */
  readonly text: number;
  /** Elements of each slice and array, and entries of each inner map. Keys are written whole. */
  readonly items: number;
  /** Pointers that are followed one after the other; those behind them are shown as typed addresses. */
  readonly pointers: number;
}

/** Writes the entries of an inner map; undefined when it cannot be read. */
export type WriteInnerMap = (
  address: Addr,
  type: TypeHead,
  write: WritePart,
  inside: (bytes: Uint8Array, part: 'key' | 'elem') => Elsewhere,
) => Referred | undefined;

/** What a pointer, slice or map refers to, in Go syntax. */
type Referred = { readonly text: string };

/** What is needed to follow values through someone's memory. */
export interface LiveMemory {
  readonly memory: ByteSource;
  readonly types: TypeReader;
  readonly limits: ValueLimits;
  readonly innerMap: WriteInnerMap;
  /** The value is a key: what it refers to is part of it by its address alone, which is shown without its type. */
  readonly isKey?: boolean;
}

/** Writes a value of a living program in Go syntax; see `formatValue`. */
export function liveValue(live: LiveMemory, type: Addr, bytes: Uint8Array): FormattedValue | undefined {
  const elsewhere = new LiveElsewhere(live, bytes, live.limits.pointers, []);
  return formatValue(
    live.types,
    type,
    bytes,
    elsewhere,
    live.isKey === true ? {} : { items: live.limits.items },
  );
}

/** Types of which no value is larger than this are read. */
const MOST_BYTES = 1 << 20;
/** abi.ITab.Type: go1.18–1.27 src/internal/abi/iface.go (before 1.21 src/runtime/runtime2.go, itab). */
const ITAB_TYPE = 8;

class LiveElsewhere implements Elsewhere {
  readonly #live: LiveMemory;
  readonly #bytes: Uint8Array;
  readonly #pointers: number;
  /** Addresses of the pointers that led here: a cycle ends at the second visit. */
  readonly #path: readonly number[];

  constructor(live: LiveMemory, bytes: Uint8Array, pointers: number, path: readonly number[]) {
    this.#live = live;
    this.#bytes = bytes;
    this.#pointers = pointers;
    this.#path = path;
  }

  text(offset: number): TextPart | Missing {
    const [data, length] = [this.#word(offset), this.#word(offset + 8)];
    if (data === undefined || length === undefined) return 'not-captured';
    if (length === 0) return { bytes: new Uint8Array(0), length };
    const bytes = this.#live.memory.read(data, Math.min(length, this.#live.limits.text));
    return bytes === undefined ? 'unreadable' : { bytes, length };
  }

  value(offset: number, type: TypeHead): ValuePart | Missing {
    const [first, data] = [this.#word(offset), this.#word(offset + 8)];
    if (first === undefined || data === undefined) return 'not-captured';
    const dynamic = first === 0 ? 0 : this.#dynamicType(first, type);
    if (dynamic === undefined) return 'unreadable';
    const nothing = { bytes: new Uint8Array(0), length: 0, inside: this };
    if (dynamic === 0) return { ...nothing, type: addr(0) };
    const head = this.#live.types.head(addr(dynamic));
    if (head === undefined || head.size > MOST_BYTES) return 'unreadable';
    const direct = head.direct ? this.#bytes.subarray(offset + 8, offset + 16) : undefined;
    const bytes = direct ?? this.#live.memory.read(data, head.size);
    if (bytes === undefined) return 'unreadable';
    const inside = new LiveElsewhere(this.#live, bytes, this.#pointers, this.#path);
    const text = head.kind === 'string' ? inside.text(0) : { bytes, length: head.size };
    return typeof text === 'string' ? text : { ...text, type: head.address, inside };
  }

  refer(offset: number, type: TypeHead, write: WritePart): Referred | Missing | undefined {
    const address = this.#word(offset);
    if (address === undefined) return 'not-captured';
    if (address === 0) return { text: 'nil' };
    if (type.kind === 'slice') return this.#slice(offset, type, address, write);
    if (this.#live.isKey === true) return undefined;
    const isEnd = this.#pointers === 0 || this.#path.includes(address);
    const shown = isEnd ? undefined : this.#behind(type, address, write);
    return shown ?? { text: typedAddress(type, addr(address)) };
  }

  /** Undefined for what has nothing to be shown behind it, or is too large. */
  #behind(type: TypeHead, address: number, write: WritePart): Referred | Missing | undefined {
    if (type.kind === 'map')
      return this.#live.innerMap(addr(address), type, write, (bytes, part) =>
        this.#deeper(bytes, address, part === 'key' ? 0 : undefined),
      );
    return type.kind === 'pointer' ? this.#pointee(type, address, write) : undefined;
  }

  #pointee(type: TypeHead, address: number, write: WritePart): Referred | Missing | undefined {
    const elem = this.#live.types.elem(type.address);
    const head = elem === undefined ? undefined : this.#live.types.head(elem);
    if (head === undefined || head.size > MOST_BYTES) return undefined;
    const bytes = this.#twice(address, head.size);
    if (bytes === undefined) return 'unreadable';
    return { text: pointerTo(head, write(head, bytes, this.#deeper(bytes, address))) };
  }

  #slice(offset: number, type: TypeHead, data: number, write: WritePart): Referred | Missing {
    const length = this.#word(offset + 8) ?? 0;
    const elem = this.#live.types.elem(type.address);
    const head = elem === undefined ? undefined : this.#live.types.head(elem);
    const shown = Math.min(length, this.#live.limits.items);
    if (head === undefined || head.size * shown > MOST_BYTES) return 'unreadable';
    const bytes = this.#twice(data, head.size * shown);
    if (bytes === undefined) return 'unreadable';
    const parts = Array.from({ length: shown }, (_, i) => {
      const part = bytes.subarray(i * head.size, (i + 1) * head.size);
      return write(head, part, this.#deeper(part, data));
    });
    const more = shown < length ? [`… ${length - shown} more`] : [];
    return { text: `${type.name}{${[...parts, ...more].join(', ')}}` };
  }

  /** What others may write to is taken when two reads agree. */
  #twice(address: number, length: number): Uint8Array | undefined {
    for (let i = 0; i < TRIES; i++) {
      const [first, second] = [
        this.#live.memory.read(address, length),
        this.#live.memory.read(address, length),
      ];
      if (first === undefined || second === undefined) return undefined;
      if (Buffer.compare(first, second) === 0) return first;
    }
    return undefined;
  }

  #deeper(bytes: Uint8Array, through: number, pointers = this.#pointers - 1): LiveElsewhere {
    return new LiveElsewhere(this.#live, bytes, Math.max(0, pointers), [...this.#path, through]);
  }

  #dynamicType(first: number, { address }: TypeHead): number | undefined {
    if (this.#live.types.hasMethods(address) !== true) return first;
    const bytes = this.#live.memory.read(first + ITAB_TYPE, 8);
    return bytes === undefined ? undefined : Number(view(bytes).getBigUint64(0, true));
  }

  #word(offset: number): number | undefined {
    return offset + 8 > this.#bytes.length ? undefined : Number(view(this.#bytes).getBigUint64(offset, true));
  }
}

const TRIES = 4;
