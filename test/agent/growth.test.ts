import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { FrameOfEvent, MapEvent } from '../../src/model/map_event.ts';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import { buildGo } from '../support/go_build.ts';
import { inFolder, mapaudit, type Outcome } from './support.ts';

/** One release of each way in which assigns and growth are compiled, and of each prologue. */
const RELEASES = ['1.18.10', '1.20.14', '1.21.13', '1.24.13', '1.26.8', '1.27.4'];
const GROWERS = [
  'growString', 'grow32', 'grow64', 'growPointer', 'growWide', 'growInterface', 'growDeep',
  'growGeneric', 'put',
]; // prettier-ignore

async function whileItRuns<T>(program: string, use: (pid: string) => T): Promise<T> {
  const target = spawn(program, [], { stdio: 'ignore' });
  try {
    await sleep(300);
    return use(String(target.pid));
  } finally {
    target.kill('SIGKILL');
  }
}

const linesOf = (out: string): { type: string }[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });

const place = (frame: FrameOfEvent | undefined): string =>
  `${frame?.function.replace(/\[.*\]/, '') ?? '?'} ${frame?.file?.split('/').at(-1) ?? '?'}:${frame?.line ?? '?'}`;

/** Each growth beside the assign of which it is a part: the last one of that goroutine on that map. */
function pairs(events: readonly MapEvent[]): { readonly grow: MapEvent; readonly assign: MapEvent }[] {
  const last = new Map<string, MapEvent>();
  const found: { grow: MapEvent; assign: MapEvent }[] = [];
  for (const event of events) {
    const name = `${event.goroutine?.id} ${event.map.address}`;
    const assign = last.get(name);
    if (event.op === 'assign') last.set(name, event);
    else if (event.op === 'grow' && assign !== undefined) found.push({ grow: event, assign });
  }
  return found;
}

it.each(RELEASES)('growth has the caller and the stack of its assign (Go %s)', async (release) => {
  // A ring in which all of them have room: whoever reads it may be held up.
  const ring = ['--ring', '64M'];
  const args = [
    '--op',
    'assign,grow',
    '--stack=6',
    '--count',
    '7000',
    '--duration',
    '30s',
    '--json',
    ...ring,
  ];
  const events: MapEvent[] = [];
  await inFolder(async (folder) => {
    const file = join(folder, 'events');
    const run = (pid: string): Outcome => mapaudit('trace', '-p', pid, ...args, '-o', file);
    const outcome = await whileItRuns(buildGo('growth', release), run);
    expect(outcome.code, outcome.err).toBe(0);
    for (const line of linesOf(readFileSync(file, 'utf8')))
      if (line.type === 'event') events.push(line as unknown as MapEvent);
  });
  const grown = pairs(events);
  expect(grown.length).toBeGreaterThan(50);
  const wrong = grown.filter(({ grow, assign }) => {
    const [a, b] = [grow, assign].map((e) => [place(e.caller), ...(e.stack ?? []).map(place)].join(' < '));
    return a !== b;
  });
  expect(wrong.slice(0, 3)).toEqual([]);
  const callers = new Set(grown.map(({ grow }) => grow.caller?.function.replace(/\[.*\]/, '')));
  for (const name of GROWERS) expect([...callers]).toContain(`main.${name}`);
  expect([...callers].filter((name) => name?.startsWith('runtime.') !== false)).toEqual([]);
});

it('growth is counted by its caller, too', async () => {
  const args = ['--once', '--op', 'grow', '--duration', '4s', '--json'];
  const outcome = await whileItRuns(buildGo('growth'), (pid) => mapaudit('top', '-p', pid, ...args));
  expect(outcome.code, outcome.err).toBe(0);
  const snapshot = linesOf(outcome.out).find((line) => line.type === 'snapshot') as Snapshot | undefined;
  const callers = new Set(snapshot?.counters.map((row) => row.caller?.replace(/\[.*\]/, '')));
  for (const name of GROWERS) expect([...callers]).toContain(`main.${name}`);
  expect([...callers].filter((name) => name?.startsWith('runtime.') !== false)).toEqual([]);
});
