import { describe, expect, it, test } from 'vitest';
import { isMapauditError } from '../../base/errors.ts';
import { DEFAULT_OPS, MAP_OPS } from '../../model/map_op.ts';
import type { Value } from './ast.ts';
import { holds } from './evaluate.ts';
import type { FieldName } from './fields.ts';
import { parseCondition } from './parse.ts';
import { filtersWith } from './pushdown.ts';
import { keyValue } from './row_reader.ts';

type Fields = Readonly<Partial<Record<FieldName, Value>>>;

const EVENT: Fields = {
  op: 'delete',
  len: 1204,
  found: true,
  key: 'sess:91af',
  goroutine: 918,
  'goroutine.start': 'example.com/shop.(*Cache).janitor',
  caller: 'example.com/shop.(*Cache).evict',
  file: '/src/shop/cache.go',
  line: 88,
  'map.type': 'map[string]*shop.Session',
  'map.id': 3,
  thread: 4245,
  pid: 4242,
};

const check = (text: string, event: Fields = EVENT): boolean =>
  holds(parseCondition(text), (name) => event[name]);

describe('what holds', () => {
  test.each([
    'len > 1000 && goroutine == 918',
    'len>1000&&goroutine==918',
    'len >= 1204 && len <= 1_204 && len < 1.3e3 && len != 0x10',
    '1000 < len',
    'op == "delete"',
    "op != 'clear'",
    'found',
    'found == true',
    '!(len < 5 || !found)',
    '!!found',
    'key == "sess:91af" || key == 7',
    'key =~ "^sess:[0-9a-f]+$"',
    'key =~ `\\d\\daf$`',
    'key =~ "\\\\d"',
    'key =~ "\\d"',
    'caller == "example.com/shop.(*Cache).evict"',
    'caller == "shop.(*Cache).evict"',
    'file == "cache.go" && line == 88',
    'file == "shop/cache.go"',
    'goroutine.start =~ "janitor"',
    'map.type == "map[string]*shop.Session" && map.id == 3',
    'true',
    'true || len > 5 && false',
    'thread == 4245 && pid == 4242',
    'key < "t" && key > "s"',
  ])('%s', (text) => {
    expect(check(text)).toBe(true);
  });

  test.each([
    'len > 1204',
    'found == false',
    '!found',
    'false',
    '(true || len > 5) && false',
    'file == "ache.go"',
    'caller == "evict"',
    'key == 7',
    'key > 7',
    'key < 7',
    'op == "assign" || map.id == 4',
    'key =~ "^91"',
  ])('not %s', (text) => {
    expect(check(text)).toBe(false);
  });
});

describe('what is not known', () => {
  test.each([
    'found',
    '!found',
    'found == false',
    'found != true',
    'len < 5',
    'len >= 0',
    '!(len < 5)',
    'key =~ "."',
    '!(key =~ ".")',
    'caller == file',
    'found && true',
    'found || false',
  ])('%s does not hold', (text) => {
    expect(check(text, { goroutine: 7 })).toBe(false);
  });

  test.each(['found || true', 'goroutine == 7 || found', '!(found && false)'])(
    '%s holds all the same',
    (text) => {
      expect(check(text, { goroutine: 7 })).toBe(true);
    },
  );
});

describe('numbers beyond 2^53', () => {
  const key = 9223372036854775807n;
  it('are compared exactly', () => {
    expect(check('key == 9223372036854775807', { key })).toBe(true);
    expect(check('key == 9223372036854775806', { key })).toBe(false);
    expect(check('key > 9223372036854775806 && key > 1', { key })).toBe(true);
    expect(check('key == -9223372036854775808', { key: -9223372036854775808n })).toBe(true);
    expect(check('key == 7', { key: 7n })).toBe(true);
  });
});

/** The character that the caret stands under, the message without its picture, and the hint. */
function fault(text: string): { at: number; says: string; hint: string } {
  try {
    parseCondition(text);
  } catch (error) {
    if (!isMapauditError(error)) throw error;
    const [says = '', shown = '', caret = ''] = error.message.split('\n');
    expect(error.code).toBe('usage-condition');
    expect(shown.trim()).toBe(text.trim());
    expect(caret.indexOf('^') - 4).toBe(error.fields['position']);
    return { at: Number(error.fields['position']), says, hint: error.hint ?? '' };
  }
  throw new Error(`${text} was understood`);
}

describe('what is wrong is pointed at', () => {
  test.each([
    ['lem > 5', 0, 'no field lem', 'Did you mean len?'],
    ['len > 5 && gorutine == 1', 11, 'no field gorutine', 'Did you mean goroutine?'],
    ['len = 5', 4, '= has no meaning', 'Did you mean =='],
    ['len > 5 & found', 8, '& has no meaning', 'Did you mean &&'],
    ['len > 5 and found', 8, 'and has no meaning', 'Write &&'],
    ['not found', 0, 'not has no meaning', 'Write !'],
    ['len > 5 found', 8, 'should end here', '&&'],
    ['len >', 5, 'something is missing', 'len > 1000'],
    ['', 0, 'something is missing', 'len > 1000'],
    ['(len > 5', 0, 'never closed', ')'],
    ['len > 5)', 7, 'closes nothing', 'Take it out'],
    ['key == "abc', 7, 'never closed', 'Add a "'],
    ['len == "5"', 7, 'len is a number', 'without quotes'],
    ['op == 5', 6, 'op is a text', 'between quotes'],
    ['"x" == len', 0, 'len is a number', 'without quotes'],
    ['op == "delte"', 6, 'op is never "delte"', 'Did you mean delete?'],
    ['found > true', 6, '> does not fit', '!found'],
    ['found == "yes"', 9, 'found is a truth value', 'true or false'],
    ['len', 0, 'not a condition by itself', 'len > 1000'],
    ['caller && found', 0, 'not a condition by itself', 'caller == "…"'],
    ['len =~ "5"', 0, '=~ needs a field with text', 'caller =~'],
    ['key =~ 5', 7, 'needs a pattern in quotes', '^sess:'],
    ['key =~ "("', 7, 'not a regular expression', '\\'],
    ['&& found', 0, 'before && something is missing', 'Fields are op, len'],
    ['len > 5 && #', 11, '# has no meaning', 'len > 1000'],
    ['- 5 < len', 0, '- has no meaning', ''],
  ])('%s', (text, at, says, hint) => {
    const found = fault(text);
    expect(found.says).toContain(says);
    expect(found.at).toBe(at);
    expect(found.hint).toContain(hint);
  });

  it('also in what nests too deeply', () => {
    expect(fault('('.repeat(5000)).says).toContain('too deeply');
    expect(fault('!'.repeat(5000)).says).toContain('too deeply');
  });
});

describe('what can be decided earlier', () => {
  const given = { ops: DEFAULT_OPS };
  const down = (text: string): unknown => filtersWith(parseCondition(text), given);

  test.each([
    ['goroutine == 918', { ops: DEFAULT_OPS, goid: 918 }],
    ['918 == goroutine && len > 5', { ops: DEFAULT_OPS, goid: 918 }],
    ['key == "sess:91af"', { ops: DEFAULT_OPS, key: 'sess:91af', keyIsString: true }],
    ['key == "a*[b]"', { ops: DEFAULT_OPS, key: 'a\\*\\[b\\]' }],
    ['op == "delete"', { ops: ['delete'] }],
    ['(op == "delete" || op == "clear") && found', { ops: ['delete', 'clear'] }],
    ['map.type == "map[string]int"', { ops: DEFAULT_OPS, map: '^map\\[string\\]int$' }],
    ['map.id == 3', { ops: DEFAULT_OPS, mapId: 3 }],
  ])('%s', (text, filters) => {
    expect(down(text)).toEqual(filters);
  });

  test.each([
    'goroutine == 918 || len > 5',
    '!(goroutine == 918)',
    'goroutine != 918',
    'goroutine == 1.5',
    'key == 7',
    'key == "line\\nbreak"',
    'key == "日本語"',
    'op == "delete" || len > 5',
  ])('nothing of %s', (text) => {
    expect(down(text)).toEqual(given);
  });

  it('operations that exclude each other leave none', () => {
    expect(filtersWith(parseCondition('op == "delete" && op == "clear"'), { ops: MAP_OPS }).ops).toEqual([]);
  });
});

test.each([
  ['"sess"', 'sess'],
  ['"a\\"b\\n"', 'a"b\n'],
  ['"\\x00"', '\\x00'],
  ['42', 42],
  ['-1.5e+07', -1.5e7],
  ['18446744073709551615', 18446744073709551615n],
  ['true', true],
  ['shop.ID{Shard: 1}', 'shop.ID{Shard: 1}'],
])('the key %s', (text, value) => {
  expect(keyValue({ text, truncated: false, unreadable: false })).toBe(value);
  expect(keyValue({ text, truncated: true, unreadable: false })).toBeUndefined();
});
