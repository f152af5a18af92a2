import { describe, expect, it } from 'vitest';
import { isMapauditError } from '../../base/errors.ts';
import { bias, fileAddr, fileOffset } from '../../model/addr.ts';
import { bufferSource } from '../../model/byte_source.ts';
import type { ExitSite } from '../../model/probe_plan.ts';
import { verifyFile, verifySites } from './verify_sites.ts';

const site: ExitSite = {
  index: 0,
  role: 'exit',
  function: 'runtime.mapdelete',
  op: 'delete',
  address: fileAddr(0x1002),
  offset: fileOffset(2),
  expected: Uint8Array.of(0x48, 0x89, 0xe5),
  instruction: 'MOV RBP, RSP',
  emulated: false,
  why: '',
  map: 'RAX',
};

/** Memory at 0x501000: the file's bytes from offset 0 on, with a bias of 0x500000. */
const memory = (...bytes: number[]) => bufferSource(Uint8Array.from([0, 0, ...bytes]), 'memory', 0x501000);
const file = (...bytes: number[]) => bufferSource(Uint8Array.from([0, 0, ...bytes]), 'file');
const there = bias(0x500000);

function refusal(check: () => void): Record<string, unknown> {
  try {
    check();
  } catch (error) {
    if (isMapauditError(error, 'site-mismatch')) return { ...error.fields };
    throw error;
  }
  return {};
}

describe('bytes at a site', () => {
  it('pass when they are as planned', () => {
    expect(refusal(() => verifySites(memory(0x48, 0x89, 0xe5), there, [site]))).toEqual({});
    expect(refusal(() => verifyFile(file(0x48, 0x89, 0xe5), [site]))).toEqual({});
  });

  it("pass with somebody else's uprobe on them", () => {
    expect(refusal(() => verifySites(memory(0xcc, 0x89, 0xe5), there, [site]))).toEqual({});
  });

  it('do not pass with a uprobe over other bytes, or a breakpoint in the file itself', () => {
    const found = refusal(() => verifySites(memory(0xcc, 0x89, 0xe6), there, [site]));
    expect(found).toEqual({
      function: 'runtime.mapdelete',
      address: '0x1002',
      found: 'cc89e6',
      wanted: '4889e5',
    });
    expect(refusal(() => verifyFile(file(0xcc, 0x89, 0xe5), [site]))['found']).toBe('cc89e5');
  });

  it('do not pass when they cannot be read', () => {
    expect(refusal(() => verifySites(memory(0x48), there, [site]))['found']).toBe('unreadable');
    expect(refusal(() => verifyFile(file(), [site]))['found']).toBe('unreadable');
  });
});
