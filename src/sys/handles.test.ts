import { expect, it } from 'vitest';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { Fd } from './fd.ts';
import { openHandles } from './handles.ts';

it('a descriptor is counted while it is open, with the stack that opened it', () => {
  const before = openHandles().length;
  const fd = new Fd(openSync('/dev/null', 'r'), 'a test');
  const mine = openHandles().at(-1);
  expect(mine?.what).toBe('a test');
  expect(mine?.stack).toContain('handles.test.ts');
  fd.close();
  expect(openHandles()).toHaveLength(before);
});

it('a descriptor is closed once, and not used after that', () => {
  const number = openSync('/dev/null', 'r');
  const fd = new Fd(number, 'a test');
  fd.close();
  expect(() => fstatSync(number)).toThrow('EBADF');
  const reused = openSync('/dev/null', 'r'); // the kernel gives the lowest free number
  fd.close();
  expect(reused).toBe(number);
  expect(fstatSync(reused).isCharacterDevice()).toBe(true);
  closeSync(reused);
  expect(() => fd.number).toThrow('after close');
});
