import type { Addr } from '../../model/addr.ts';
import type { TypeHead } from '../types/go_type.ts';
import type { Kind } from '../types/kinds.ts';
import type { TypeReader } from '../types/type_reader.ts';
import type { GoField, GoType } from './go_type.ts';

/** The type that a descriptor tells of. Undefined when there is none at that address. */
export function runtimeType(types: TypeReader, descriptor: Addr): GoType | undefined {
  const head = types.head(descriptor);
  return head === undefined ? undefined : new RuntimeType(types, head);
}

class RuntimeType implements GoType {
  readonly #types: TypeReader;
  readonly #head: TypeHead;

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
    return this.#types.fields(this.#head.address)?.flatMap(({ name, offset, embedded, type }) => {
      const known = this.#of(type);
      return known === undefined ? [] : [{ name, offset, embedded, type: known }];
    });
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
