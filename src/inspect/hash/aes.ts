/**
 * One round of AES encryption as the instruction AESENC does it: ShiftRows, SubBytes, MixColumns, then xor with the
 * key. FIPS 197 sections 5.1 and 5.2.1.
 */
const TABLES = tables();

/** Four columns of four bytes each, the first byte lowest: how an SSE register lies in memory. */
export type Block = Uint32Array;

/** AESENC: a round over `state` with `key`, in place. They may be the same block. */
export function aesEnc(state: Block, key: Block): void {
  const [t0, t1, t2, t3] = TABLES;
  const [a = 0, b = 0, c = 0, d = 0] = state;
  const column = (w: number, x: number, y: number, z: number): number =>
    (t0[w & 255] ?? 0) ^ (t1[(x >>> 8) & 255] ?? 0) ^ (t2[(y >>> 16) & 255] ?? 0) ^ (t3[z >>> 24] ?? 0);
  const [k0 = 0, k1 = 0, k2 = 0, k3 = 0] = key;
  state[0] = column(a, b, c, d) ^ k0;
  state[1] = column(b, c, d, a) ^ k1;
  state[2] = column(c, d, a, b) ^ k2;
  state[3] = column(d, a, b, c) ^ k3;
}

/** AESENC X, X. */
export const scramble = (state: Block): void => aesEnc(state, state);

export function xor(state: Block, other: Block): void {
  for (let i = 0; i < 4; i++) state[i] = (state[i] ?? 0) ^ (other[i] ?? 0);
}

/** SubBytes and MixColumns of one byte, for its four places in a column. */
function tables(): readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array] {
  const box = sBox();
  const made = [0, 8, 16, 24].map((turn) =>
    Uint32Array.from(box, (s) => {
      const twice = double(s);
      const word = (twice | (s << 8) | (s << 16) | ((twice ^ s) << 24)) >>> 0;
      return turn === 0 ? word : (word << turn) | (word >>> (32 - turn));
    }),
  );
  const [t0, t1, t2, t3] = made;
  if (t0 === undefined || t1 === undefined || t2 === undefined || t3 === undefined)
    throw new Error('internal: unreachable');
  return [t0, t1, t2, t3];
}

function double(byte: number): number {
  return ((byte << 1) ^ (byte & 0x80 ? 0x11b : 0)) & 255;
}

/** The inverse in GF(2^8) and the affine transformation; powers of the generator 3 give the inverses. */
function sBox(): Uint8Array {
  const box = new Uint8Array(256);
  const power = new Uint8Array(255);
  for (let i = 0, x = 1; i < 255; i++, x ^= double(x)) power[i] = x;
  for (let i = 0; i < 255; i++) {
    const inverse = power[(255 - i) % 255] ?? 0;
    const turned = [1, 2, 3, 4].reduce((sum, n) => sum ^ (inverse << n) ^ (inverse >>> (8 - n)), inverse);
    box[power[i] ?? 0] = (turned ^ 0x63) & 255;
  }
  box[0] = 0x63;
  return box;
}
