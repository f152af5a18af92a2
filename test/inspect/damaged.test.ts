import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListedMap, MapsLine, MapsReport } from '../../src/protocol/maps.ts';
import { errorCode, mapaudit, type Outcome } from '../agent/support.ts';
import { buildGo } from '../support/go_build.ts';
import { answerOf } from './inspected.ts';

describe.each([
  ['1.21.13', 'classic'],
  ['1.26.8', 'swiss'],
])('maps whose memory was written over, in Go %s', (version, layout) => {
  let child: ChildProcess;
  const inspect = (...args: string[]): Outcome =>
    mapaudit('inspect', '-p', String(child.pid), '--json', ...args);

  beforeAll(async () => {
    child = spawn(buildGo('damaged', version), [layout], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout! })) if (line === 'ready') break;
  }, 120_000);
  afterAll(() => child.kill('SIGKILL'));

  it.each([
    ['main.count', 'damaged-map'],
    ['main.size', 'not-a-map'],
    ['main.parts', 'damaged-map'],
  ])('%s is said to be damaged, whatever is asked', { timeout: 60_000 }, (name, code) => {
    for (const view of [[], ['--slots'], ['--heat'], ['--key', '1']])
      expect(errorCode(inspect('--expr', name, ...view)), view.join(' ')).toBe(code);
  });

  it('whole maps are shown', () => {
    expect(answerOf(inspect('--expr', 'main.whole', '--limit', '10000').out).entries).toHaveLength(5000);
  });

  it('are named in the list, and what a text claims beyond all memory is not counted', () => {
    const { code, out } = mapaudit('maps', '-p', String(child.pid), '--held', '--json');
    expect(code).toBe(0);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as MapsLine);
    const report = lines.find((line): line is MapsReport => line.type === 'maps');
    const text = report?.not_seen.find((one) => one.code === 'damaged')?.text ?? '';
    for (const name of ['main.count', 'main.size', 'main.parts']) expect(text).toContain(name);
    const texts = lines.find(
      (line): line is ListedMap => line.type === 'found_map' && line.name === 'main.texts',
    );
    expect(texts).toMatchObject({ held_bytes: 0, held_at_least: true });
  });
});
