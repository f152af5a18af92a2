import { describe, expect, test } from 'vitest';
import { MapauditError } from '../../base/errors.ts';
import { parseCommandLine } from './program.ts';
import { mapsOptionsOf } from './maps_options.ts';
import { checkSubjectOf, topOptionsOf, traceOptionsOf } from './resolve.ts';
import { serveOptionsOf } from './serve_options.ts';
import type { OptionValues } from './table.ts';

function valuesOf(line: string): OptionValues {
  const request = parseCommandLine(line.split(' '), '1.2.3', 100);
  if (request.type !== 'command') throw new Error(request.text);
  return request.values;
}

/** The error of a command line, as `code: message / hint`. */
function errorOf(...args: string[]): string {
  try {
    const request = parseCommandLine(args, '1.2.3', 100);
    if (request.type === 'text') return request.text;
    if (request.name === 'trace') traceOptionsOf(request.values);
    if (request.name === 'top') topOptionsOf(request.values);
    if (request.name === 'maps') mapsOptionsOf(request.values);
    if (request.name === 'check') checkSubjectOf(request.argument, request.values);
    if (request.name === 'serve') serveOptionsOf(request.values);
    return 'no error';
  } catch (error) {
    if (error instanceof MapauditError) return `${error.code}: ${error.message} / ${error.hint ?? ''}`;
    throw error;
  }
}

describe('what is understood', () => {
  test('trace with nothing but a pid', () => {
    expect(traceOptionsOf(valuesOf('trace -p 4242'))).toEqual({
      selection: { type: 'pid', pid: 4242 },
      filters: { ops: ['delete', 'assign', 'clear', 'grow'] },
      keys: { type: 'full' },
      labels: { type: 'full' },
      effects: 'auto',
      probe: 'auto',
      sampleEvery: 1,
      frames: 0,
    });
  });

  test('what a service keeps', () => {
    expect(serveOptionsOf(valuesOf('serve --all --store x.duckdb'))).toMatchObject({
      storeSize: 4 * 1024 ** 3,
    });
    const limited = 'serve --all --store x.duckdb --store-size 500M --keep 14d';
    expect(serveOptionsOf(valuesOf(limited))).toMatchObject({
      store: 'x.duckdb',
      storeSize: 500 * 1024 ** 2,
      keepMs: 14 * 86_400_000,
    });
    expect(serveOptionsOf(valuesOf('serve --all'))).not.toHaveProperty('storeSize');
  });

  test('trace with everything', () => {
    const line =
      'trace --exe ./server --op delete,access --op clear --map Session --map-id #3 --site evict --key sess:* --goid 918 --label route=/a* --sample 1/100 --stack=32 --keys=prefix:8 --labels=hash --effects exit --duration 1m30s --count 10 --probe kernel --ring 3M';
    expect(traceOptionsOf(valuesOf(line))).toEqual({
      selection: { type: 'exe', path: './server' },
      filters: {
        ops: ['delete', 'clear', 'access'],
        map: 'Session',
        mapId: 3,
        site: 'evict',
        key: 'sess:*',
        goid: 918,
        label: { name: 'route', value: '/a*' },
      },
      keys: { type: 'prefix', length: 8 },
      labels: { type: 'hash' },
      effects: 'exit',
      probe: 'kernel',
      sampleEvery: 100,
      frames: 32,
      durationMs: 90_000,
      count: 10,
      ringBytes: 4 * 1024 ** 2,
    });
  });

  test('--stack and --color need no value, and take none that stands apart', () => {
    expect(traceOptionsOf(valuesOf('trace --stack -p 1')).frames).toBe(16);
    expect(valuesOf('ps --color').color).toBe('always');
  });

  test('a map by its address', () => {
    expect(traceOptionsOf(valuesOf('trace -p 1 --map-id 0xc000123450')).filters.mapAddress).toBe(
      0xc000123450,
    );
  });

  test('top --once counts for five seconds unless told otherwise', () => {
    expect(topOptionsOf(valuesOf('top -p 1 --once'))).toMatchObject({ once: true, durationMs: 5000 });
    expect(topOptionsOf(valuesOf('top -p 1 --once --duration 1s'))).toMatchObject({ durationMs: 1000 });
    expect(topOptionsOf(valuesOf('top -p 1'))).not.toHaveProperty('durationMs');
  });

  test('check of a file, of a process', () => {
    const request = parseCommandLine(['check', './server'], '1.2.3', 100);
    if (request.type !== 'command') throw new Error('not a command');
    expect(checkSubjectOf(request.argument, request.values)).toEqual({ type: 'file', path: './server' });
    expect(checkSubjectOf(undefined, valuesOf('check -p 7'))).toEqual({ type: 'pid', pid: 7 });
  });

  test('help and version', () => {
    expect(parseCommandLine(['--version'], '1.2.3', 100)).toEqual({ type: 'text', text: '1.2.3\n' });
    expect(errorOf()).toContain('Commands:');
    expect(errorOf('trace', '--help')).toContain('--stack [DEPTH]');
    expect(errorOf('help', 'top')).toContain('--once');
  });
});

test.each([
  [['tracee'], "usage-unknown-command: unknown command 'tracee' / Did you mean trace?"],
  [['trace', '--opp', 'x'], "usage-unknown-option: unknown option '--opp' / Did you mean --op?"],
  [['trace'], 'usage-no-target: which process?'],
  [['trace', '-p'], "usage-option-missing-argument: option '-p, --pid <PID>' argument missing"],
  [['trace', '-p', '0'], 'usage-pid: "0" is not a process id'],
  [['trace', '-p', 'shop'], "To select by name: --name 'shop'"],
  [['trace', '-p', '1', '-p', '2'], 'usage-repeated: --pid is given twice'],
  [['trace', '-p', '1', '--name', 'x'], 'usage-contradiction: --pid and --name cannot be used together'],
  [['trace', '-p', '1', '--op', 'delte'], 'usage-op: "delte" is not an operation / Did you mean delete?'],
  [['trace', '-p', '1', '--op', 'delete,'], 'usage-op: an operation is missing in --op'],
  [['trace', '-p', '1', '--map', 'a(b[c'], 'Unterminated character class\n    a(b[c\n       ^'],
  [['trace', '-p', '1', '--map', 'a(b'], 'Unterminated group\n    a(b\n     ^'],
  [['trace', '-p', '1', '--map', '*a'], 'Nothing to repeat\n    *a\n    ^'],
  [['trace', '-p', '1', '--map', '日b)'], "Unmatched ')'\n    日b)\n       ^"],
  [['trace', '-p', '1', '--site', 'a\\'], '\\ at end of pattern\n    a\\\n     ^'],
  [
    ['trace', '-p', '1', '--key', 'a[b'],
    'usage-glob: --key is not a glob: this [ is never closed\n    a[b\n     ^',
  ],
  [['trace', '-p', '1', '--key', ''], 'usage-empty: --key is empty'],
  [['trace', '-p', '1', '--duration', '10'], 'Add a unit: 10s for seconds'],
  [['trace', '-p', '1', '--duration', '10x'], 'usage-duration: "10x" is not a duration'],
  [['trace', '-p', '1', '--duration', '0s'], 'is too short'],
  [['trace', '-p', '1', '--duration', '9999h'], 'is too long'],
  [['trace', '-p', '1', '--keys=sha'], 'usage-keys: "sha" is not a way to show keys'],
  [['trace', '-p', '1', '--keys=prefix'], 'Say how long'],
  [['trace', '-p', '1', '--keys=none', '--key', 'a'], 'usage-contradiction: --key needs keys'],
  [['trace', '-p', '1', '--sample', '1/0'], 'usage-sample'],
  [['trace', '-p', '1', '--stack=65'], 'usage-number: 65 is no stack depth / Between 1 and 64.'],
  [['trace', '-p', '1', '--effects', 'exi'], 'Did you mean exit?'],
  [['trace', '-p', '1', '--ring', '1G'], 'usage-size'],
  [['trace', '-p', '1', '--ring', '1K'], 'is out of range'],
  [['trace', '-p', '1', '--map-id', '0'], 'usage-map-id'],
  [['trace', '-p', '1', '--once'], "usage-unknown-option: unknown option '--once'"],
  [['trace', 'shop', '-p', '1'], 'usage-excess-arguments'],
  [
    ['top', '-p', '1', '--once', '--interval', '1s'],
    'usage-contradiction: --interval has no meaning with --once',
  ],
  [['check'], 'usage-no-target: check what?'],
  [['maps', '--core', 'c', '--observe', '5s'], 'usage-contradiction: --observe has no meaning with --core'],
  [['maps', '--core', 'c', '--sort', 'age'], 'usage-contradiction: --sort age has no meaning with --core'],
  [['maps', '--core', 'c', '-p', '1'], 'usage-contradiction: -p and --core cannot be used together'],
  [['check', './a', '-p', '1'], 'usage-contradiction: both a file (./a) and a process are named'],
  [['serve', '--all', '--store-size', '1G'], 'usage-contradiction: --store-size is the size of a file'],
  [['serve', '--all', '--store', 'x', '--keep', '5m'], 'usage-duration: an age of 5m is out of range'],
  [['ps', '--color=pink'], 'usage-choice: "pink" is not a way to colour'],
])('%j is refused', (args, message) => {
  expect(errorOf(...args)).toContain(message);
});
