/** For tests only: bytes put together by hand, numbers little-endian. */
export class Bytes {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  u8(...values: number[]): this {
    this.#bytes.push(...values.map((value) => value & 0xff));
    return this;
  }

  u16(value: number): this {
    return this.u8(value, value >>> 8);
  }

  u32(...values: number[]): this {
    for (const value of values) this.u8(value, value >>> 8, value >>> 16, value >>> 24);
    return this;
  }

  u64(...values: (number | bigint)[]): this {
    for (const value of values) {
      const whole = BigInt.asUintN(64, BigInt(value));
      this.u32(Number(whole & 0xffffffffn), Number(whole >> 32n));
    }
    return this;
  }

  /** A variable-length number, seven bits a byte. */
  varint(value: number): this {
    return value < 0x80 ? this.u8(value) : this.u8((value & 0x7f) | 0x80).varint(value >>> 7);
  }

  text(text: string): this {
    return this.u8(...new TextEncoder().encode(text));
  }

  append(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** Zeros up to an offset, or up to the next multiple. */
  fillTo(offset: number): this {
    if (offset < this.length) throw new Error(`${offset} lies before the end, ${this.length}`);
    return this.append(new Uint8Array(offset - this.length));
  }

  align(to: number): this {
    return this.fillTo(Math.ceil(this.length / to) * to);
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** One byte a character, as `makeElf` takes sections. */
  section(): string {
    return String.fromCharCode(...this.#bytes);
  }
}

/** Bytes of which each may be any, the same in each run: a fault that was found is found again. */
export function randomly(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
