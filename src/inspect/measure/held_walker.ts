import { view } from '../../binary/elf/bounded_reader.ts';
import type { TypeHead } from '../../go/types/go_type.ts';
import type { TypeReader } from '../../go/types/type_reader.ts';
import { type Addr, addr } from '../../model/addr.ts';
import { dynamicType } from '../hash/key_value.ts';
import type { MapPlace } from '../scan.ts';
import type { IsImage } from './held.ts';
import { innerMapRefs } from './inner_map.ts';
import { holdsPointers } from './unit_facts.ts';

/** A piece of memory that something refers to. */
export interface HeldRef {
  readonly start: number;
  readonly size: number;
  /** The garbage collector looks for pointers in it. */
  readonly pointers: boolean;
  /** `size` is already what the heap takes for it. */
  readonly exact?: boolean;
}

/** A part of a value that refers to memory elsewhere. */
interface Reference {
  readonly at: number;
  readonly type: TypeHead;
}

/** Where memory is read, without stopping its program. */
export type ReadPlace = Pick<MapPlace, 'memory' | 'pause'>;

/** Pointers that are followed one after the other. */
const MOST_DEPTH = 6;
/** Parts of one array that are looked at. */
/** Under this it is not asked whether memory is there. */
const LARGE = 1 << 20;
const MOST_ITEMS = 1 << 16;
const MOST_BYTES = 1 << 26;
const REFERRING: ReadonlySet<string> = new Set(['string', 'slice', 'pointer', 'interface', 'map']);
const NOT_FOLLOWED: ReadonlySet<string> = new Set(['chan', 'func', 'unsafePointer']);

/** Follows what values refer to, by their types. */
export class HeldWalker {
  /** Nothing was left out: too deep, unreadable, or of a kind that is not followed. */
  complete = true;
  readonly #place: ReadPlace;
  readonly #types: TypeReader;
  readonly #isImage: IsImage;
  readonly #isKnown: (address: number) => boolean;
  readonly #references = new Map<number, readonly Reference[]>();
  readonly #pointers = new Map<number, boolean>();

  /** What `isKnown` says yes to has been walked before. */
  constructor(place: ReadPlace, types: TypeReader, isImage: IsImage, isKnown: (address: number) => boolean) {
    this.#place = place;
    this.#types = types;
    this.#isImage = isImage;
    this.#isKnown = isKnown;
  }

  /** Whether values of a type may refer to something. */
  refers(type: Addr): boolean {
    return this.#referencesOf(type).length > 0;
  }

  /** All that a value refers to, directly or not. */
  refs(type: Addr, bytes: Uint8Array): HeldRef[] {
    const found: HeldRef[] = [];
    this.walk(type, bytes, 0, new Set(), found);
    return found;
  }

  /** All that an `any` refers to. */
  anyRefs(bytes: Uint8Array): HeldRef[] {
    const found: HeldRef[] = [];
    const type = word(bytes, 0);
    if (type !== 0) this.#dynamic(addr(type), bytes, 0, new Set(), found);
    return found;
  }

  walk(type: Addr, bytes: Uint8Array, depth: number, seen: Set<number>, found: HeldRef[]): void {
    for (const { at, type: of } of this.#referencesOf(type)) {
      if (at + 8 <= bytes.length) this.#follow(of, bytes.subarray(at), depth, seen, found);
    }
  }

  #follow(type: TypeHead, bytes: Uint8Array, depth: number, seen: Set<number>, found: HeldRef[]): void {
    const target = word(bytes, 0);
    if (NOT_FOLLOWED.has(type.kind)) {
      if (target !== 0 && !this.#isImage(target)) this.complete = false;
      return;
    }
    if (type.kind === 'interface') {
      this.#interface(type, bytes, depth, seen, found);
      return;
    }
    if (target === 0 || this.#isImage(target)) return;
    if (type.kind === 'string') {
      const size = word(bytes, 8);
      if (size > 0 && this.#isThere(target, size)) found.push({ start: target, size, pointers: false });
      return;
    }
    if (type.kind === 'map') {
      if (seen.has(target) || this.#isKnown(target)) return;
      seen.add(target);
      const place = { ...this.#place, address: addr(target) };
      const whole =
        depth < MOST_DEPTH && innerMapRefs(place, type.address, this.#types, this, depth, seen, found);
      if (!whole) this.complete = false;
      return;
    }
    const elem = this.#types.elem(type.address);
    const head = elem === undefined ? undefined : this.#types.head(elem);
    if (head === undefined) this.complete = false;
    else this.#object(head, target, type.kind === 'slice' ? word(bytes, 16) : 1, depth, seen, found);
  }

  #interface(type: TypeHead, bytes: Uint8Array, depth: number, seen: Set<number>, found: HeldRef[]): void {
    if (word(bytes, 0) === 0) return;
    const dynamic = dynamicType(this.#place.memory, this.#types, type.address, bytes);
    this.#dynamic(dynamic, bytes, depth, seen, found);
  }

  /** What is in an interface whose dynamic type is known. */
  #dynamic(
    dynamic: Addr | undefined,
    bytes: Uint8Array,
    depth: number,
    seen: Set<number>,
    found: HeldRef[],
  ): void {
    const head = dynamic === undefined ? undefined : this.#types.head(dynamic);
    if (head === undefined) this.complete = false;
    else if (head.direct) this.walk(head.address, bytes.subarray(8, 16), depth, seen, found);
    else if (!this.#isImage(word(bytes, 8))) this.#object(head, word(bytes, 8), 1, depth, seen, found);
  }

  /** What claims to be large, and has no memory at its end, is damaged, and not counted. */
  #isThere(start: number, size: number): boolean {
    if (size < LARGE || this.#place.memory.read(start + size - 1, 1) !== undefined) return true;
    this.complete = false;
    return false;
  }

  /** Memory with `count` values of a type one after the other. */
  #object(
    head: TypeHead,
    start: number,
    count: number,
    depth: number,
    seen: Set<number>,
    found: HeldRef[],
  ): void {
    const size = head.size * count;
    if (size === 0 || !this.#isThere(start, size)) return;
    found.push({ start, size, pointers: this.#holdsPointers(head.address) });
    if (!this.refers(head.address) || seen.has(start) || this.#isKnown(start)) return;
    seen.add(start);
    if (depth >= MOST_DEPTH || count > MOST_ITEMS || size > MOST_BYTES) {
      this.complete = false;
      return;
    }
    const bytes = this.#place.memory.read(start, size)?.slice();
    if (bytes === undefined) this.complete = false;
    else
      for (let i = 0; i < count; i++)
        this.walk(head.address, bytes.subarray(i * head.size, (i + 1) * head.size), depth + 1, seen, found);
  }

  #holdsPointers(type: Addr): boolean {
    const before = this.#pointers.get(type);
    if (before !== undefined) return before;
    const holds = holdsPointers(this.#place.memory, type);
    this.#pointers.set(type, holds);
    return holds;
  }

  #referencesOf(type: Addr): readonly Reference[] {
    const before = this.#references.get(type);
    if (before !== undefined) return before;
    const found = this.#find(type, 0, 0);
    this.#references.set(type, found);
    return found;
  }

  #find(type: Addr, at: number, nested: number): Reference[] {
    const head = this.#types.head(type);
    if (head === undefined || nested > 16) return [];
    if (REFERRING.has(head.kind) || NOT_FOLLOWED.has(head.kind)) return [{ at, type: head }];
    if (head.kind === 'struct')
      return (this.#types.fields(type) ?? []).flatMap((f) => this.#find(f.type, at + f.offset, nested + 1));
    const array = head.kind === 'array' ? this.#types.array(type) : undefined;
    const size = array === undefined ? 0 : (this.#types.head(array.elem)?.size ?? 0);
    if (array === undefined || size === 0 || this.#find(array.elem, 0, nested + 1).length === 0) return [];
    if (array.length > MOST_ITEMS) this.complete = false;
    return Array.from({ length: Math.min(array.length, MOST_ITEMS) }, (_, i) => i).flatMap((i) =>
      this.#find(array.elem, at + i * size, nested + 1),
    );
  }
}

const word = (bytes: Uint8Array, at: number): number =>
  at + 8 > bytes.length ? 0 : Number(view(bytes).getBigUint64(at, true));
