import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { About } from '../../evidence/about.ts';
import { RecordingWriter } from '../../evidence/recording_writer.ts';
import { ABOUT, eventLine, PROCESS, SUMMARY, windowAt } from '../../evidence/testing.ts';
import type { FeedItem } from '../../model/feed.ts';
import type { Notice } from '../../protocol/notice.ts';
import { recordingFeed } from './feed_of.ts';

const folder = mkdtempSync(join(tmpdir(), 'mapaudit-feed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BEGAN = Date.parse(ABOUT.began);
const at = (ms: number): string => `${new Date(BEGAN + ms).toISOString().slice(0, -1)}000000Z`;
const MAP = { id: 1, address: '0xc000', type: 'map[string]int' };
const CALLER = { function: 'main.f', file: '/main.go', line: 7, inlined: false };
const SITE = { function: 'main.f', file: '/main.go', line: 7 };

/** A file with what `write` puts into it, section by section. */
async function recording(
  write: (writer: RecordingWriter, flush: () => Promise<void>) => Promise<void> | void,
  about: About = ABOUT,
): Promise<string> {
  const writer = new RecordingWriter();
  const pieces = await writer.begin(about);
  const flush = async (): Promise<void> => void pieces.push(...(await writer.flush()));
  await write(writer, flush);
  pieces.push(...(await writer.finish(SUMMARY as { type: 'summary' })));
  const path = join(folder, 'a.mapaudit');
  writeFileSync(path, Buffer.concat(pieces));
  return path;
}

async function feedOf(path: string): Promise<{ items: FeedItem[]; notices: Notice[] }> {
  const notices: Notice[] = [];
  const items: FeedItem[] = [];
  for await (const batch of recordingFeed(path, (notice) => notices.push(notice))) items.push(...batch);
  return { items, notices };
}

const race = (more: object = {}): { readonly type: string; readonly time?: string } => ({
  type: 'race',
  ...{
    id: 1,
    kind: 'write/write',
    map: MAP,
    count: 1,
    maps: 1,
    sides: [
      { op: 'assign', function: 'r', time: at(500), thread: 1, caller: CALLER, goroutine: { id: 3 } },
      { op: 'delete', function: 'r', time: at(500), thread: 2, stack: [CALLER] },
    ],
  },
  ...more,
});

it('says where the clock was set, and stays in the order of times', async () => {
  const path = await recording((writer) => {
    writer.window({ ...windowAt(BEGAN + 5000, 1), clockSetMs: -4000 });
    writer.window(windowAt(BEGAN + 2000, 2));
  });
  const { items, notices } = await feedOf(path);
  const windows = items.flatMap((item) => (item.type === 'window' ? [item.window] : []));
  expect(windows).toEqual([windowAt(BEGAN + 2000, 2), windowAt(BEGAN + 5000, 1)]);
  expect(notices).toMatchObject([
    {
      code: 'clock-set',
      message: "12:00:06: the machine's clock was set back by 4 s while it was recorded",
    },
  ]);
});

describe('a recording as a feed', () => {
  it('is in the order of time, whatever the order of its sections', async () => {
    const path = await recording(async (writer, flush) => {
      writer.line('run', {
        ...{ type: 'recorded_process', pid: 7, started: 1000, name: 'shop', build_id: 'ab' },
        ...{ exe: '/shop', go_version: 'go1.26.8' },
      });
      // Windows before the events of their second, growth behind both.
      for (let second = 0; second < 6; second++) {
        writer.window(windowAt(BEGAN + second * 1000, second + 1));
        await flush();
        writer.events(Buffer.from(`${eventLine(second)}\n`));
        await flush();
      }
      writer.line('growth', {
        ...{ type: 'event', time: at(2200), pid: 7, op: 'rehash', map: MAP, len: 7, caller: CALLER },
        growth: { trigger: 'load', from: 8, to: 16, unit: 'slots', moved: 7, duration_ns: 90 },
      } as { type: string });
    });
    const { items, notices } = await feedOf(path);
    expect(notices).toEqual([]);
    const seconds = (second: number): string[] => [`events ${second}`, `window ${second}`];
    const told = items.map((item) => {
      if (item.type === 'window') return `window ${(item.window.start - BEGAN) / 1000}`;
      if (item.type === 'events') return `events ${item.events[0]?.time.slice(18, 19)}`;
      return item.type;
    });
    const behind = told.indexOf('growth');
    expect(told.filter((one) => one !== 'growth')).toEqual([
      'joined',
      ...[0, 1, 2, 3, 4, 5].flatMap(seconds),
    ]);
    expect(told.slice(0, behind)).toContain('window 1');
    expect(told.slice(behind)).toContain('window 3');
    expect(items[0]).toEqual({
      type: 'joined',
      at: BEGAN,
      ops: ABOUT.recorded.filters.ops,
      process: { ...PROCESS, exe: '/shop', goVersion: 'go1.26.8' },
    });
    expect(items.find(({ type }) => type === 'events')).toMatchObject({ process: PROCESS, sampledEvery: 1 });
    expect(items[behind]).toEqual({
      type: 'growth',
      at: BEGAN + 2200,
      process: PROCESS,
      ...{ mapType: 'map[string]int', mapId: 1, mapAddress: '0xc000', op: 'rehash', len: 7, site: SITE },
      ...{ trigger: 'load', from: 8, to: 16, unit: 'slots', moved: 7, durationNs: 90 },
    });
  });

  it('tells growths out of the events where no steps were recorded', async () => {
    const grown = { ...(JSON.parse(eventLine(1)) as object), op: 'grow', key: undefined };
    const path = await recording(
      (writer) => {
        writer.line('run', { type: 'recorded_process', ...{ pid: 7, started: 1000, name: 'shop' } });
        writer.events(Buffer.from(`${eventLine(0)}\n${JSON.stringify(grown)}\n`));
      },
      { ...ABOUT, recorded: { ...ABOUT.recorded, growth: false } },
    );
    const { items } = await feedOf(path);
    expect(items[0]).toMatchObject({ type: 'joined', growth: 'among-events' });
    expect(items.filter(({ type }) => type === 'growth')).toMatchObject([
      { at: BEGAN + 1000, op: 'grow', mapType: 'map[string]int', site: SITE },
    ]);
  });

  it('tells a race once, though the file tells at its end how often it was seen', async () => {
    const path = await recording(async (writer, flush) => {
      writer.window(windowAt(BEGAN, 1));
      writer.line('races', race());
      await flush();
      writer.line('races', race({ count: 9 }));
    });
    const races = (await feedOf(path)).items.filter(({ type }) => type === 'race');
    expect(races).toEqual([
      {
        type: 'race',
        at: BEGAN + 500,
        process: PROCESS,
        ...{
          mapType: 'map[string]int',
          mapId: 1,
          mapAddress: '0xc000',
          id: 1,
          kind: 'write/write',
          count: 1,
        },
        sides: [
          { op: 'assign', site: SITE, goroutine: 3, stack: [] },
          { op: 'delete', stack: [SITE] },
        ],
      },
    ]);
  });

  it('says how many operations an event stands for', async () => {
    const about = { ...ABOUT, recorded: { ...ABOUT.recorded, sample: 100 } };
    const path = await recording((writer) => writer.events(Buffer.from(`${eventLine(0)}\n`)), about);
    const { items } = await feedOf(path);
    expect(items).toMatchObject([
      { type: 'events', sampledEvery: 100, process: { pid: 7, name: 'unknown' } },
    ]);
  });

  it('refuses an event that mapaudit does not write', async () => {
    const path = await recording((writer) => writer.events(Buffer.from('{"type":"event","op":"delete"}\n')));
    await expect(feedOf(path)).rejects.toMatchObject({ code: 'evidence-damaged' });
  });

  it('says where it ends too soon, and gives what is there', async () => {
    const path = await recording((writer) => writer.window(windowAt(BEGAN, 1)));
    writeFileSync(path, readFileSync(path).subarray(0, -40));
    const { items, notices } = await feedOf(path);
    expect(items).toHaveLength(1);
    expect(notices.map(({ code }) => code)).toContain('evidence-truncated');
  });
});
