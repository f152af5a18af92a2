import { expect, it } from 'vitest';
import { callerTree, depthOf } from './caller_tree.ts';

const frame = (name: string): { id: string; function: string } => ({ id: name, function: name });
const stack = (
  names: string,
  sampled: number,
): { frames: { id: string; function: string }[]; sampled: number } => ({
  frames: names.split(' ').map(frame),
  sampled,
});

it('merges stacks from the line outward, and counts what goes through each frame', () => {
  const tree = callerTree([stack('line a main', 3), stack('line b main', 2), stack('line a other', 1)]);
  expect(tree).toEqual({
    name: 'line',
    value: 6,
    children: [
      {
        name: 'a',
        value: 4,
        children: [
          { name: 'main', value: 3, children: [] },
          { name: 'other', value: 1, children: [] },
        ],
      },
      { name: 'b', value: 2, children: [{ name: 'main', value: 2, children: [] }] },
    ],
  });
  expect(tree && depthOf(tree)).toBe(3);
});

it('has one root for stacks that begin at several places, and none for no stacks', () => {
  expect(callerTree([stack('x', 1), stack('y', 2)])).toMatchObject({ name: 'all stacks', value: 3 });
  expect(callerTree([])).toBeUndefined();
  expect(callerTree([{ frames: [], sampled: 4 }])).toBeUndefined();
});
