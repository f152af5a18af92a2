import type { ApiSite, ApiSitePage } from '../../src/protocol/api.ts';
import { siteText } from '../text/show.ts';

/** A node of the flame graph: a frame, and how many stacks go through it. */
export interface Frame {
  readonly name: string;
  value: number;
  readonly children: Frame[];
}

/** Stacks that begin at one line, merged from there outward: the children of a frame are its callers. */
export function callerTree(stacks: ApiSitePage['stacks']): Frame | undefined {
  const roots: Frame = { name: '', value: 0, children: [] };
  for (const { frames, sampled } of stacks) {
    if (frames.length === 0) continue;
    let node = roots;
    node.value += sampled;
    for (const frame of frames) {
      node = childOf(node, frame);
      node.value += sampled;
    }
  }
  const [first, ...others] = roots.children;
  if (first === undefined) return undefined;
  return others.length === 0 ? first : { ...roots, name: 'all stacks' };
}

function childOf(node: Frame, frame: ApiSite): Frame {
  const name = siteText(frame);
  const known = node.children.find((child) => child.name === name);
  if (known !== undefined) return known;
  const child = { name, value: 0, children: [] };
  node.children.push(child);
  return child;
}

export const depthOf = (frame: Frame): number =>
  1 + frame.children.reduce((deepest, child) => Math.max(deepest, depthOf(child)), 0);

/** Frames of one package have one shade: `net/http` looks like `net/http` everywhere. */
export function packageShade(name: string): number {
  let sum = 0;
  for (const char of name.split('.')[0] ?? '') sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 997;
  return sum;
}
