import { describe, expect, it } from 'vitest';
import { parseGoCall, wordsWithout } from './arguments.ts';
import { MAP_LEAKS, MAP_RACES, mapChecksOf } from './map_checks.ts';

const checks = (line: string, already?: string): string | undefined =>
  mapChecksOf(parseGoCall(line.split(' ')), already);

describe('the flags that look for races and leaks', () => {
  it('become what the environment says', () => {
    expect(checks('test ./... --map-races')).toBe('races');
    expect(checks('test --map-races=40% -map-leaks=5000 ./...')).toBe('races=40,leaks=5000');
    expect(checks('test --map-leaks ./...', 'record=last:1000')).toBe('record=last:1000,leaks');
    expect(checks('run -map-races .')).toBe('races');
  });

  it('are nobody else’s', () => {
    for (const line of [
      'test ./...',
      'test ./... -args --map-races',
      'run . --map-races',
      'build --map-races=false .',
    ])
      expect(checks(line), line).toBeUndefined();
    expect(checks('test --map-races --map-races=false .')).toBeUndefined();
  });

  it.each(['build --map-races .', 'vet --map-leaks .', 'test -c --map-races .', 'install --map-leaks=500 .'])(
    'are refused where nothing is run: %s',
    (line) => expect(() => checks(line)).toThrow(/runs none/),
  );

  it('do not reach the go command', () => {
    const call = parseGoCall('test ./... --map-races -v --map-leaks=200 -run X -args --map-races'.split(' '));
    expect(wordsWithout(call, MAP_RACES, MAP_LEAKS)).toEqual([
      './...',
      '-v',
      '-run',
      'X',
      '-args',
      '--map-races',
    ]);
  });

  for (const line of [
    'test --map-races=all',
    'test --map-races=0',
    'test --map-races=91%',
    'test --map-leaks=9',
  ])
    it(`refuses ${line}`, () => {
      expect(() => checks(line)).toThrow(/--map-(races|leaks)=/);
    });
});
