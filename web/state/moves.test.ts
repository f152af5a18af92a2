import { expect, it } from 'vitest';
import { justBefore, marked, shifted, zoomed } from './moves.ts';

const span = { from: 100_000, to: 200_000 };

it('goes earlier and later by half, and never beyond now', () => {
  expect(shifted(span, -1)).toEqual({ type: 'span', from: 50_000, to: 150_000 });
  expect(shifted(span, 1)).toEqual({ type: 'span', from: 150_000, to: 250_000 });
  expect(shifted(span, 1, 210_000)).toEqual({ type: 'span', from: 110_000, to: 210_000 });
});

it('looks closer and wider around the middle, within what makes sense', () => {
  expect(zoomed(span, 0.5)).toEqual({ type: 'span', from: 125_000, to: 175_000 });
  expect(zoomed(span, 2, 200_000)).toEqual({ type: 'span', from: 0, to: 200_000 });
  expect(zoomed(span, 0.001)).toEqual({ type: 'span', from: 145_000, to: 155_000 });
  expect(marked({ from: 5000, to: 6000 })).toEqual({ type: 'span', from: 500, to: 10_500 });
  expect(marked(span)).toEqual({ type: 'span', ...span });
});

it('compares with as long a time just before', () => {
  expect(justBefore(span)).toEqual({ from: 0, to: 100_000 });
});
