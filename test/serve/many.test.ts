import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { startService } from '../../src/agent/service/service.ts';
import { Watcher } from '../../src/agent/service/watcher.ts';
import type { ServeOptions } from '../../src/protocol/serve.ts';
import { inFolder } from '../agent/support.ts';
import { buildGo } from '../support/go_build.ts';
import { until } from './served.ts';

let open: ChildProcess[] = [];
afterEach(() => {
  for (const child of open) child.kill('SIGKILL');
  open = [];
});

const OPTIONS = {
  listen: '127.0.0.1:0',
  budget: 0.5,
  races: false,
  keys: { type: 'full' },
  probe: 'kernel',
} as const satisfies Partial<ServeOptions>;

it('touches no process of many before its page can be opened, and then says how many are to come', async () => {
  await inFolder(async (folder) => {
    const name = `many-${process.pid}`;
    const program = join(folder, name);
    copyFileSync(buildGo('life'), program);
    for (let i = 0; i < 3; i++) open.push(spawn(program, ['keys'], { stdio: 'ignore' }));
    await sleep(200);
    const service = await startService({ ...OPTIONS, selection: { type: 'name', glob: name } });
    try {
      const status = () => service.questions.status();
      // However long that takes: it is begun when the address has been printed.
      await sleep(1000);
      expect([status().to_come, status().processes]).toEqual([3, []]);
      service.begin();
      await until(() => {
        const { to_come: toCome = 0, processes } = status();
        expect(toCome + processes.length).toBeLessThanOrEqual(3);
        return Promise.resolve(processes.length === 3);
      });
      expect(status().to_come).toBeUndefined();
      expect(
        status()
          .processes.map(({ pid }) => pid)
          .sort(),
      ).toEqual(open.map(({ pid }) => pid).sort());
      expect(
        status()
          .notices.map(({ message }) => message)
          .join(),
      ).not.toContain('waiting for one');
    } finally {
      await service.close();
    }
  });
});

it('says that it waits where nothing is there that is meant', async () => {
  const service = await startService({
    ...OPTIONS,
    selection: { type: 'name', glob: `none-${process.pid}` },
  });
  try {
    service.begin();
    await until(() => Promise.resolve(service.questions.status().notices.length > 0));
    expect(service.questions.status().notices[0]?.message).toContain('waiting for one');
  } finally {
    await service.close();
  }
});

it('takes up who found no room when another has ended', async () => {
  await inFolder(async (folder) => {
    const name = `room-${process.pid}`;
    const program = join(folder, name);
    copyFileSync(buildGo('life'), program);
    for (let i = 0; i < 4; i++) open.push(spawn(program, ['keys'], { stdio: 'ignore' }));
    await sleep(200);
    const said: string[] = [];
    const watcher = new Watcher(
      { ...OPTIONS, selection: { type: 'name', glob: name } },
      { tell: () => undefined, say: (message) => said.push(message), dropped: () => 0 },
      2,
    );
    const watched = async (isEnough: (pids: readonly number[]) => boolean): Promise<readonly number[]> => {
      await until(async () => {
        watcher.step();
        await watcher.look();
        watcher.attachSome();
        return isEnough(watcher.runs.map(({ ref }) => ref.pid)) && watcher.toCome === 0;
      });
      return watcher.runs.map(({ ref }) => ref.pid);
    };
    try {
      const first = await watched((pids) => pids.length === 2);
      expect(said).toHaveLength(2);
      expect(said[0]).toMatch(/^2 processes are watched already: pid \d+ is not, until there is room$/);
      for (const child of open) if (first.includes(child.pid ?? 0)) child.kill('SIGKILL');
      const next = await watched((pids) => pids.length === 2 && !pids.some((pid) => first.includes(pid)));
      expect([...first, ...next].sort()).toEqual(open.map(({ pid }) => pid).sort());
      // Each is told once.
      expect(said.filter((message) => message.includes('watched already'))).toHaveLength(2);
    } finally {
      await watcher.finish();
    }
  });
});
