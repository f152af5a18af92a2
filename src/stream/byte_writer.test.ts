import { describe, expect, it } from 'vitest';
import { ByteWriter, encoded } from './byte_writer.ts';

const textOf = (writer: ByteWriter): string => new TextDecoder().decode(writer.written);

describe('ByteWriter', () => {
  it('writes numbers as String does', () => {
    for (const n of [
      0,
      1,
      9,
      10,
      99,
      100,
      4_294_967_295,
      4_294_967_296,
      999_999_999_999_999,
      Number.MAX_SAFE_INTEGER,
      2 ** 64,
      1e300,
      -1,
    ]) {
      const writer = new ByteWriter(1);
      writer.number(n);
      expect(textOf(writer)).toBe(String(n));
    }
  });

  it('pads with zeros', () => {
    const writer = new ByteWriter();
    writer.digits(417, 9);
    expect(textOf(writer)).toBe('000000417');
  });

  it('keeps what was written when it grows, and forgets it when cleared', () => {
    const writer = new ByteWriter(4);
    const long = 'é'.repeat(100);
    writer.text('ab');
    writer.put(encoded(long));
    writer.putPart(encoded('0123456789'), 3, 6);
    expect(textOf(writer)).toBe(`ab${long}345`);
    writer.clear();
    writer.text('x');
    expect(textOf(writer)).toBe('x');
  });
});
