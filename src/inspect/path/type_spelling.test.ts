import { describe, expect, it } from 'vitest';
import { isSpelled } from './type_spelling.ts';

describe('isSpelled', () => {
  it.each([
    ['main.Point', 'main.Point', true],
    ['main.Point', 'Point', true],
    ['shop.Point', 'github.com/x/shop.Point', true],
    ['main.Point', 'shop.Point', false],
    ['main.Point', 'Points', false],
    ['main.Point', 'Poin', false],
    ['*main.Point', '*Point', true],
    ['[2]uint16', '[...]uint16', true],
    ['[2]uint16', '[2]uint16', true],
    ['[2]uint16', '[3]uint16', false],
    ['[2][3]uint8', '[...][3]byte', true],
    ['[2][3]uint8', '[2][...]byte', false],
    ['[]int32', '[]rune', true],
    ['struct {}', 'struct{}', true],
    ['struct { A int; B string }', 'struct{A int; B string}', true],
    ['struct { A int; B string }', 'struct{Aint;B string}', false],
    ['[2]interface {}', '[2]any', true],
    ['[2]interface {}', '[2]interface{}', true],
    ['main.Pair[int,github.com/x/shop.Key]', 'Pair[int, shop.Key]', true],
    ['main.Pair[int,github.com/x/shop.Key]', 'main.Pair[int, github.com/x/shop.Key]', true],
    ['main.Pair[int,string]', 'Pair[int]', false],
  ])('%s as %s: %s', (name, text, is) => {
    expect(isSpelled(name, text)).toBe(is);
  });
});
