import { describe, expect, it } from 'vitest';
import { selectPids } from './select.ts';

describe('selectPids', () => {
  it('takes a pid as it is', () => {
    expect(selectPids({ type: 'pid', pid: 4_000_000 })).toEqual([4_000_000]);
  });

  it('finds processes by their file, whatever path leads to it', () => {
    const mine = selectPids({ type: 'exe', path: process.execPath });
    expect(mine).toContain(process.pid);
    expect(selectPids({ type: 'exe', path: '/proc/self/exe' })).toContain(process.pid);
    expect(selectPids({ type: 'exe', path: '/etc/passwd' })).toEqual([]);
  });

  it('says that there is no such file', () => {
    expect(() => selectPids({ type: 'exe', path: '/nowhere/at all' })).toThrow('no such file');
  });

  it('finds processes by name, but never itself', () => {
    expect(selectPids({ type: 'name', glob: '*' })).not.toContain(process.pid);
    expect(selectPids({ type: 'name', glob: 'no such name' })).toEqual([]);
  });
});
