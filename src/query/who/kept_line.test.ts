import { expect, it } from 'vitest';
import { keptLine } from './kept_line.ts';

const EVENT = {
  type: 'event',
  time: '2026-11-21T16:39:04.925118049Z',
  op: 'assign',
  function: 'runtime.mapassign',
  map: { id: 1, address: '0xc000010000', type: 'map[float64]int' },
  key: { text: '1.5', truncated: false },
  goroutine: { id: 1, start: 'runtime.main' },
  thread: 3744,
  caller: { function: 'main.main', file: '/main.go', line: 33, inlined: false },
};
const line = (change: object): unknown => keptLine(JSON.stringify({ ...EVENT, ...change }));

it('takes what trace writes', () => {
  expect(line({})).toMatchObject({ op: 'assign' });
  expect(keptLine('{"type":"notice"}')).toEqual({ type: 'other' });
});

it.each(['', 'x', 'null', '[]', '1', '{}', '{"type":1}'])('%s is no line', (text) => {
  expect(keptLine(text)).toBeUndefined();
});

it.each([
  ['time', { time: 'garbage' }],
  ['time', { time: '2026-99-99T99:99:99Z' }],
  ['time', { time: undefined }],
  ['op', { op: 'explode' }],
  ['op', { op: 'toString' }],
  ['map', { map: null }],
  ['map.id', { map: { id: '1' } }],
  ['map.address', { map: { address: 'x' } }],
  ['key', { key: [] }],
  ['key.text', { key: { text: 1.5 } }],
  ['len', { len: -1 }],
  ['found', { found: 'yes' }],
  ['goroutine.id', { goroutine: {} }],
  ['thread', { thread: 'x' }],
  ['caller.function', { caller: { line: 1 } }],
  ['stack', { stack: {} }],
  ['stack[1].line', { stack: [EVENT.caller, { function: 'f', line: 'x' }] }],
])('%s is named', (part, change) => {
  expect(() => line(change)).toThrow(expect.objectContaining({ message: part }));
});

it('looks at other lines too', () => {
  expect(() => keptLine('{"type":"attached","pid":1,"name":"x"}')).toThrow('go_version');
  expect(() => keptLine('{"type":"summary","lost":"many","sampled":0}')).toThrow('lost');
});
