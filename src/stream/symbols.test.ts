import { expect, it } from 'vitest';
import { SymbolCache, withoutShapes } from './symbols.ts';

it('spells generic functions as Go does in its traces', () => {
  expect(withoutShapes('main.del[go.shape.struct { A string; P main.Point }]')).toBe('main.del[...]');
  expect(withoutShapes('main.(*Set[go.shape.int,go.shape.[]uint8]).Add.func1')).toBe(
    'main.(*Set[...]).Add.func1',
  );
  expect(withoutShapes('main.main')).toBe('main.main');
  const symbols = new SymbolCache(() => ({
    frames: () => [{ function: 'main.del[go.shape.int]', inlined: false }],
    functionName: () => 'main.run[go.shape.int].func1',
    typeName: () => undefined,
  }));
  expect(symbols.site(1, 0x1000).caller.function).toBe('main.del[...]');
  expect(symbols.startFunction(1, 0x1000)).toBe('main.run[...].func1');
});

it('keeps what addresses of before meant when a process has moved', () => {
  let name = 'old';
  const symbols = new SymbolCache(() => {
    const is = name;
    return {
      frames: () => [{ function: is, inlined: false }],
      functionName: () => is,
      typeName: () => is,
    };
  });
  expect(symbols.site(1, 0x1000).caller.function).toBe('old');
  name = 'new';
  symbols.processMoved(1);
  expect([symbols.site(1, 0x1000), symbols.site(1, 0x2000)].map((site) => site.caller.function)).toEqual([
    'old',
    'new',
  ]);
});
