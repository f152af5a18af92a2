import { describe, expect, it } from 'vitest';
import { effectsOf } from './plans.ts';

describe('effectsOf', () => {
  it('takes the second probe unless it is told otherwise', () => {
    expect(effectsOf('auto', ['delete'])).toBe('exit');
    expect(effectsOf('exit', ['assign', 'access'])).toBe('exit');
    expect(effectsOf('off', ['delete'])).toBe('off');
  });

  it('takes none where nothing is written: there is no outcome to learn', () => {
    expect(effectsOf('auto', ['access', 'iterate', 'grow'])).toBe('off');
    expect(effectsOf('exit', ['grow'])).toBe('off');
  });
});
