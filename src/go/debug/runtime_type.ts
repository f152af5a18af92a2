import type { Addr } from '../../model/addr.ts';
import type { TypeHead } from '../types/go_type.ts';
import type { Kind } from '../types/kinds.ts';
import type { TypeReader } from '../types/type_reader.ts';
import type { GoField, GoType } from './go_type.ts';

/** Types that were asked for before: searches meet each of them many times. */
const known = new WeakMap<TypeReader, Map<Addr, GoType>>();

/** The type that a descriptor tells of. Undefined when there is none at that address. */
export function runtimeType(types: TypeReader, descriptor: Addr): GoType | undefined {
  let ofReader = known.get(types);
  if (ofReader === undefined) known.set(types, (ofReader = new Map<Addr, GoType>()));
  const before = ofReader.get(descriptor);
  if (before !== undefined) return before;
  const head = types.head(descriptor);
  const type = head === undefined ? undefined : new RuntimeType(types, head);
  if (type !== undefined) ofReader.set(descriptor, type);
  return type;
}

class RuntimeType implements GoType {
  readonly #types: TypeReader;
  readonly #head: TypeHead;
  #fields: readonly GoField[] | undefined;

  constructor(types: TypeReader, head: TypeHead) {
    this.#types = types;
    this.#head = head;
  }

  get name(): string {
    return this.#head.name;
  }

  get fullName(): string {
    return this.#head.name;
  }

  get kind(): Kind {
    return this.#head.kind;
  }

  get size(): number {
    return this.#head.size;
  }

  get descriptor(): Addr {
    return this.#head.address;
  }

  elem(): GoType | undefined {
    const { address, kind } = this.#head;
    return this.#of(kind === 'map' ? this.#types.map(address)?.elem : this.#types.elem(address));
  }

  key(): GoType | undefined {
    return this.#of(this.#types.map(this.#head.address)?.key);
  }

  fields(): readonly GoField[] | undefined {
    return (this.#fields ??= this.#types
      .fields(this.#head.address)
      ?.flatMap(({ name, offset, embedded, type }) => {
        const part = this.#of(type);
        return part === undefined ? [] : [{ name, offset, embedded, type: part }];
      }));
  }

  length(): number | undefined {
    return this.#types.array(this.#head.address)?.length;
  }

  hasMethods(): boolean | undefined {
    return this.#types.hasMethods(this.#head.address);
  }

  #of(descriptor: Addr | undefined): GoType | undefined {
    return descriptor === undefined ? undefined : runtimeType(this.#types, descriptor);
  }
}
