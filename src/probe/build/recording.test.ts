import { describe, expect, it } from 'vitest';
import { bytesOfP, HEADER, MAGIC, MODE, P, PS_AT, VERSION } from './layout.ts';
import { recordingIn } from './recording.ts';

const [SLOTS, STRIDE, PS] = [128, 384, 2] as const;
const EACH = bytesOfP(SLOTS, STRIDE);

/** A file of two Ps, of which each has had so many records, all of them empty. */
function fileOf(heads: readonly bigint[]): DataView {
  const words = new DataView(new ArrayBuffer(PS_AT + PS * EACH));
  words.setBigUint64(HEADER.magic, MAGIC, true);
  words.setUint32(HEADER.version, VERSION, true);
  words.setUint32(HEADER.base, MODE.events | MODE.overwrite, true);
  words.setUint32(HEADER.slots, SLOTS, true);
  words.setUint32(HEADER.stride, STRIDE, true);
  words.setUint32(HEADER.ps, PS, true);
  words.setBigUint64(HEADER.size, BigInt(words.byteLength), true);
  heads.forEach((head, p) => words.setBigUint64(PS_AT + p * EACH + P.head, head, true));
  return words;
}

function read({ buffer }: DataView, length = buffer.byteLength): ReturnType<typeof recordingIn> {
  return recordingIn({
    name: 'x',
    read: (at, n) => (at + n <= length ? new Uint8Array(buffer, at, n) : undefined),
  });
}

function recordsOf(recording: ReturnType<typeof recordingIn>): number {
  let records = 0;
  recording.probe.drain(({ count }) => (records += count));
  return records;
}

describe('a recording', () => {
  it('has what each P kept', () => {
    const recording = read(fileOf([3n, 1000n]));
    expect([recordsOf(recording), recording.rings]).toEqual([3 + SLOTS - 1, { unread: 0, all: 2 }]);
  });

  it('that is cut off says how many rings are missing', () => {
    const recording = read(fileOf([3n, 3n]), PS_AT + EACH + 100);
    expect([recordsOf(recording), recording.rings]).toEqual([3, { unread: 1, all: 2 }]);
  });

  it('with a ring that has had more than there can be leaves it out', () => {
    const recording = read(fileOf([1n << 60n, 3n]));
    expect([recordsOf(recording), recording.rings]).toEqual([3, { unread: 1, all: 2 }]);
  });

  it.each([
    ['slots', 100],
    ['stride', 32],
    ['ps', 0],
    ['ps', 4_000_000_000],
  ] as const)('whose head has %s %d is refused', (word, value) => {
    const words = fileOf([3n, 3n]);
    words.setUint32(HEADER[word], value, true);
    expect(() => read(words)).toThrow(expect.objectContaining({ code: 'damaged-recording' }));
  });
});
