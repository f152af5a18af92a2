import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { GrowthTrack } from '../../src/agent/service/growth_track.ts';
import { Track } from '../../src/agent/service/track.ts';
import { Watcher } from '../../src/agent/service/watcher.ts';
import type { FeedItem } from '../../src/model/feed.ts';
import { inFolder } from '../agent/support.ts';
import { buildGo } from '../support/go_build.ts';
import { until } from './served.ts';

/** Nothing else on the machine is called so. */
const NAME = `let-go-${process.pid}`;
let open: ChildProcess[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const child of open) child.kill('SIGKILL');
  open = [];
});

it.each([
  ['the first of its probes', Track.prototype],
  ['its growth', GrowthTrack.prototype],
])('a process whose end fails at %s costs the others nothing, and is told', async (_, broken) => {
  await inFolder(async (folder) => {
    const program = join(folder, NAME);
    copyFileSync(buildGo('life'), program);
    for (let i = 0; i < 2; i++) open.push(spawn(program, ['keys'], { stdio: 'ignore' }));
    const items: FeedItem[] = [];
    const said: string[] = [];
    // Go's runtime has begun when there is a second thread.
    const threads = (pid = 0): number => readdirSync(`/proc/${pid}/task`).length;
    await until(() => Promise.resolve(open.every(({ pid }) => threads(pid) > 1)));
    const watcher = new Watcher(
      {
        selection: { type: 'name', glob: NAME },
        listen: '127.0.0.1:0',
        budget: 0.5,
        races: false,
        keys: { type: 'full' },
        probe: 'kernel',
      },
      { tell: (told) => items.push(...told), say: (message) => said.push(message), dropped: () => 0 },
    );
    while (watcher.toCome > 0) watcher.attachSome();
    const pids = watcher.runs.map(({ ref }) => ref.pid).sort();
    expect(pids).toEqual(open.map(({ pid }) => pid).sort());
    // All that follows is in the open window: nobody steps.
    await until(() =>
      Promise.resolve(watcher.runs.every((run) => run.totals().counts.some(({ count }) => count > 0))),
    );
    vi.spyOn(broken, 'finish').mockImplementationOnce(() => {
      throw new Error('planted');
    });
    await watcher.finish();

    const windows = items.filter((item) => item.type === 'window');
    const counted = new Set(windows.flatMap(({ window }) => window.counts.map(({ process }) => process.pid)));
    expect([...counted].sort()).toEqual(pids);
    const left = items.filter((item) => item.type === 'left');
    expect(left.map(({ process }) => process.pid).sort()).toEqual(pids);
    expect(said.filter((text) => text.includes('planted'))).toHaveLength(1);
  });
});
