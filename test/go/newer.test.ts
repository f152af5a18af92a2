import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { isMapauditError } from '../../src/base/errors.ts';
import { decodeX86 } from '../../src/binary/x86/instruction.ts';
import { type GoBinary, openGoBinary } from '../../src/go/go_binary.ts';
import { planProbes } from '../../src/go/plan/plan.ts';
import { type FileAddr, fileAddr } from '../../src/model/addr.ts';
import { bufferSource } from '../../src/model/byte_source.ts';
import { MAP_OPS } from '../../src/model/map_op.ts';
import { type Build, buildGo } from '../support/go_build.ts';

const open = (bytes: Uint8Array): GoBinary => openGoBinary(bufferSource(bytes, 'server'));

/** A copy of a binary that says to be of a release which is not known yet. */
function ofTomorrow(build: Build, version = '1.27.4'): Buffer {
  const bytes = readFileSync(buildGo('facts', version, build));
  const [from, to] = [`go${version}`, `go1.28.${version.split('.')[2] ?? ''}`];
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at);
  return bytes;
}

/** What of it is not as known. */
function refusal(bytes: Uint8Array): unknown {
  try {
    planProbes(open(bytes), { ops: MAP_OPS, exits: true });
    return undefined;
  } catch (error) {
    if (!isMapauditError(error)) throw error;
    expect(error.message).toContain('go1.28.4');
    expect(error.hint).toBeDefined();
    return error.code === 'go-too-new' ? error.fields['check'] : error.code;
  }
}

describe('a Go that is newer than known', { timeout: 120_000 }, () => {
  let whole: Buffer;
  let binary: GoBinary;
  const damaged = (address: FileAddr, ...bytes: number[]): Buffer => {
    const copy = Buffer.from(whole);
    copy.set(bytes, binary.fileOffsetOf(address) ?? NaN);
    return copy;
  };
  beforeAll(() => {
    whole = ofTomorrow('default');
    binary = open(whole);
  });

  it.each(['default', 'cgo', 'pie'] as const)(
    'is taken when it is made as the newest known one (%s)',
    (build) => {
      const bytes = ofTomorrow(build);
      expect(open(bytes)).toMatchObject({ assumed: true, flavour: 'swiss', version: { minor: 28 } });
      expect(refusal(bytes)).toBeUndefined();
    },
  );

  it('is refused when its tables are those of an older one', () => {
    expect(() => open(ofTomorrow('default', '1.26.8'))).toThrow(
      'its function and module tables are not as known',
    );
  });

  it('is refused when the table of functions has another layout', () => {
    const at = binary.elf.section('.gopclntab')?.address ?? fileAddr(0);
    expect(refusal(damaged(at, 0xf2))).toBe('function and module tables');
  });

  it('is refused when its map functions have other names', () => {
    const copy = Buffer.from(whole);
    for (const name of ['runtime.mapassign\0', 'runtime.mapassign_faststr\0'])
      copy.write('runtime.mapinsert'.slice(0, name.length - 1), copy.indexOf(name));
    expect(refusal(copy)).toBe('map functions');
  });

  it('is refused when its map types say something else', () => {
    const [map = fileAddr(0), other = fileAddr(0)] = binary.mapTypes();
    // The size of a group, where keys begin, the key's type.
    expect(refusal(damaged(fileAddr(map + 80), 1))).toBe('map types');
    expect(refusal(damaged(fileAddr(map + 88), 16))).toBe('map types');
    const elem = Buffer.alloc(8);
    elem.writeBigUInt64LE(BigInt(other));
    expect(refusal(damaged(fileAddr(map + 56), ...elem))).toBe('map types');
  });

  it('is refused when goroutines keep their id or start elsewhere', () => {
    const makes = binary.functionNamed('runtime.newproc1');
    const code = makes === undefined ? [] : decodeX86(binary.readCode(makes), makes.start);
    const { gGoid, gStartpc, gLabels } = binary.offsets;
    for (const offset of [gGoid, gStartpc, gStartpc - 24, gLabels]) {
      const store = code.find(
        (i) => i.mnemonic === 'mov' && i.op1 !== undefined && i.memory?.displacement === offset,
      );
      expect(store?.bytes).toHaveLength(7);
      // The displacement is the last four of its bytes.
      const moved = damaged(fileAddr((store?.address ?? 0) + 3), (offset + 8) & 0xff, (offset + 8) >> 8);
      expect(refusal(moved), String(offset)).toBe('goroutine offsets');
    }
  });

  it('is refused when a map function begins in another way', () => {
    const at = binary.functionNamed('runtime.mapassign_faststr')?.start ?? fileAddr(0);
    expect(refusal(damaged(at, 0x90, 0x90, 0x90, 0x90, 0x90))).toBe('stack check at the beginning');
  });
});
