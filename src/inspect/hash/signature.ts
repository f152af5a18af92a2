import type { TypeReader } from '../../go/types/type_reader.ts';
import type { Addr } from '../../model/addr.ts';
import type { KeyValue } from './key_value.ts';
import { isRegular } from './regular_memory.ts';

/** A piece of a key that is hashed in one go: plain memory from `start` to `end`, or a value of another kind. */
export type HashStep =
  | { readonly kind: 'memory'; readonly start: number; readonly end: number }
  | { readonly kind: 'value'; readonly type: Addr; readonly value: KeyValue };

/** Array elements that a generated loop takes at a time, in bytes. */
const UNROLLED = 32;

/**
 * How a hash function of Go 1.27 goes through a key: plain memory that touches is taken together, also across the
 * borders of inner structs; arrays of other things in portions. go1.27.4
 * src/cmd/compile/internal/reflectdata/alg.go, eqSigBuilder.
 */
export function signatureSteps(types: TypeReader, type: Addr, key: KeyValue): HashStep[] {
  const builder = new Builder(types);
  builder.add(type, key, 0);
  return builder.steps;
}

class Builder {
  readonly steps: HashStep[] = [];
  readonly #types: TypeReader;
  #broken = true;

  constructor(types: TypeReader) {
    this.#types = types;
  }

  add(type: Addr, key: KeyValue, at: number): void {
    if (isRegular(this.#types, type)) this.#memory(at, at + key.bytes.length);
    else if (key.kind === 'struct') this.#struct(type, key, at);
    else if (key.kind === 'array') this.#array(key, at);
    else this.steps.push({ kind: 'value', type, value: key });
  }

  #memory(start: number, end: number): void {
    const last = this.steps.at(-1);
    if (start === end) return;
    if (!this.#broken && last?.kind === 'memory' && last.end === start)
      this.steps[this.steps.length - 1] = { kind: 'memory', start: last.start, end };
    else this.steps.push({ kind: 'memory', start, end });
    this.#broken = false;
  }

  #struct(type: Addr, key: Extract<KeyValue, { kind: 'struct' }>, at: number): void {
    const fields = this.#types.fields(type) ?? [];
    key.fields.forEach(({ name, type: of, value }, i) => {
      if (name !== '_') this.add(of, value, at + (fields[i]?.offset ?? 0));
    });
  }

  #array({ elem, items }: Extract<KeyValue, { kind: 'array' }>, at: number): void {
    const size = this.#types.head(elem)?.size ?? 0;
    if (size === 0) return;
    const portion = items.length === 1 ? 1 : Math.max(1, Math.floor(UNROLLED / size));
    const loops = items.length >= 2 * portion && items.length > 1;
    const first = items.length % portion;
    for (const [i, item] of items.entries()) {
      if (loops && i >= first && (i - first) % portion === 0) this.#broken = true;
      this.add(elem, item, at + i * size);
    }
    if (loops) this.#broken = true;
  }
}
