import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import type { WatchLine } from '../../src/protocol/watch.ts';
import { mapaudit } from '../agent/support.ts';
import { buildGo } from '../support/go_build.ts';

it('no write to a place that stays where it is is lost while the slot moves, and none is told as two', async () => {
  const program = spawn(buildGo('stale'), { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(program.stdout, 'data');
    const words = ['--expr', 'main.m', '--key', '7', '--field', 'Hits', '--duration', '6s', '--json'];
    const lines = mapaudit('watch', '-p', `${program.pid}`, ...words)
      .out.trim()
      .split('\n')
      .map((line) => JSON.parse(line) as WatchLine);
    const moves = lines.filter(({ type }) => type === 'watching').length;
    expect(moves).toBeGreaterThan(2);
    const hits = lines
      .filter((line) => line.type === 'hit')
      .filter(({ writer }) => writer.function === 'main.staleWrite');
    expect(hits.length).toBeGreaterThan(100);
    const known = hits.flatMap(({ after }, i) =>
      after === undefined ? [] : [{ i, value: Number(after.text) }],
    );
    const steps = hits.filter(({ before, after: then }) => before !== undefined && then !== undefined);
    expect(steps.every((hit) => Number(hit.after?.text) - Number(hit.before?.text) === 1)).toBe(true);
    // Values that are not known stand between others that are: each write is one hit.
    expect(known.length).toBeGreaterThan(10);
    expect(known.at(-1)!.value - known[0]!.value).toBe(known.at(-1)!.i - known[0]!.i);
  } finally {
    program.kill('SIGKILL');
  }
});
