import { describe, expect, it } from 'vitest';
import { flagValue, hasFlag, parseGoCall, wordsWithout } from './arguments.ts';

const call = (line: string): ReturnType<typeof parseGoCall> =>
  parseGoCall(line === '' ? [] : line.split(' '));

describe('a command line of the go command', () => {
  it('is a verb, flags and packages', () => {
    const build = call('build -o out -race -tags=a,b ./cmd/x ./cmd/y');
    expect(build).toMatchObject({ verb: 'build', head: ['build'], rest: ['./cmd/x', './cmd/y'] });
    expect(flagValue(build, 'o')).toBe('out');
    expect(flagValue(build, 'tags')).toBe('a,b');
    expect(hasFlag(build, 'race')).toBe(true);
  });

  it('may have -C before the verb or right behind it', () => {
    for (const line of [
      '-C dir build -v .',
      '-C=dir build -v .',
      'build -C dir -v .',
      'build --C=dir -v .',
    ]) {
      expect(call(line), line).toMatchObject({ directory: 'dir', verb: 'build', rest: ['.'] });
      expect(call(line).flags.map((flag) => flag.name)).toEqual(['v']);
    }
  });

  it('leaves to programs what is theirs', () => {
    const run = call('run -race . -overlay mine');
    expect(flagValue(run, 'overlay')).toBeUndefined();
    expect(run.rest).toEqual(['.', '-overlay', 'mine']);
    const test = call('test ./... -run X -overlay=a.json -args -overlay mine');
    expect(flagValue(test, 'overlay')).toBe('a.json');
    expect(test.rest).toEqual(['./...', '-args', '-overlay', 'mine']);
    expect(wordsWithout(test, 'overlay')).toEqual(['./...', '-run', 'X', '-args', '-overlay', 'mine']);
  });

  it('counts the last of two', () => {
    expect(flagValue(call('build -overlay a --overlay=b'), 'overlay')).toBe('b');
    expect(hasFlag(call('build -race=false'), 'race')).toBe(false);
  });

  it('may be empty', () => {
    expect(call('')).toMatchObject({ verb: undefined, flags: [], rest: [] });
  });
});
