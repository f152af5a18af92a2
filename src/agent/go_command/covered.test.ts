import { describe, expect, it } from 'vitest';
import { parseGoCall } from './arguments.ts';
import { refuseCovered } from './covered.ts';

const PATHS = ['runtime', 'internal/runtime/maps', 'internal/race', 'testing'];

const look = (line: string, goflags = '', directory = '/home/app'): void =>
  refuseCovered(parseGoCall(line.split(' ')), goflags, { paths: PATHS, goroot: '/cache/goroot', directory });

describe('coverage of packages with the hook', () => {
  it.each([
    ['build -coverpkg=all .', 'runtime, internal/runtime/maps, internal/race, testing'],
    ['build -cover -coverpkg all .', 'runtime'],
    ['test -coverpkg=./...,std ./...', 'runtime'],
    ['test -coverpkg=runtime/... .', 'covers runtime, where'],
    ['run -coverpkg=... .', 'runtime'],
    ['install -coverpkg=internal/... .', 'internal/runtime/maps, internal/race'],
    ['test -coverpkg=testing .', 'testing'],
    ['test -coverprofile=c.out internal/race', 'internal/race'],
    ['test -cover std', '-cover of std'],
  ])('is refused: %s', (line, words) => {
    expect(() => look(line)).toThrow(words);
  });

  it.each([
    'build .',
    'build -cover .',
    'build -cover -coverpkg=./... .',
    'test -cover ./...',
    'test -coverpkg=example.com/runtime/...,net/http,internal/runtime/atomic,testing/fstest ./...',
    'test runtime',
    'test -cover=false runtime',
    'test -cover . -args -coverpkg=all runtime',
    'vet -coverpkg=all .',
  ])('is what others are about: %s', (line) => {
    expect(() => look(line)).not.toThrow();
  });

  it('may be asked for by GOFLAGS, of which the command line has the last word', () => {
    expect(() => look('build .', '-v -coverpkg=all')).toThrow(/-coverpkg=all/);
    expect(() => look('build .', '"-coverpkg=std" -v')).toThrow(/-coverpkg=std/);
    expect(() => look('test -coverpkg=./... .', '-coverpkg=all')).not.toThrow();
  });

  it('is found by directories, too: where the standard library is, and above it', () => {
    expect(() => look('test -cover .', '', '/cache/goroot/src/testing')).toThrow(
      '-cover of . covers testing',
    );
    expect(() => look('test -cover ./...', '', '/cache/goroot/src/internal')).toThrow('internal/race');
    expect(() => look('test -cover ../testing', '', '/cache/goroot/src/sort')).toThrow('testing');
    expect(() => look('test -cover .', '', '/cache/goroot/src/sort')).not.toThrow();
    expect(() => look('build -coverpkg=./... .', '', '/cache')).toThrow(/-coverpkg=\.\/\.\.\./);
  });
});
