import { expect, it } from 'vitest';
import type { Window } from '../../model/window.ts';
import type { TraceEvent } from '../../protocol/event.ts';
import type { IncidentReport } from '../../protocol/report.ts';
import { Incident } from './incident.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const FRAME = { file: 'x', processes: [], events: 0, lost: 0, troubles: [] } as const;

/** `evict` and `expire` deletes in each second. */
function reportOf(
  seconds: number,
  rates: (second: number) => readonly [evict: number, expire: number],
): IncidentReport {
  const incident = new Incident(1);
  const events: TraceEvent[] = [];
  for (let second = 0; second < seconds; second++) {
    const [evict, expire] = rates(second);
    incident.window(windowAt(second, { evict, expire }));
    for (let i = 0; i < evict; i++) events.push(eventAt(second, `"sess:eu-${i}"`));
    for (let i = 0; i < expire; i++) events.push(eventAt(second, `"user:${i}"`));
  }
  incident.sift();
  for (const event of events) incident.event(event);
  return incident.report({ ...FRAME, events: events.length });
}

const windowAt = (second: number, rates: Readonly<Record<string, number>>): Window => ({
  start: START + second * 1000,
  lengthMs: 1000,
  counts: Object.entries(rates).map(([name, count]) => ({
    process: { pid: 7, started: 0, name: 'shop' },
    op: 'delete',
    mapType: 'map[string]*shop.Session',
    site: { function: `shop.${name}`, file: '/src/cache.go', line: 88 },
    count,
    found: 0,
    notFound: 0,
    removed: 0,
  })),
  loss: { ringFull: 0, sampled: 0 },
});

const eventAt = (second: number, text: string): TraceEvent => ({
  type: 'event',
  time: new Date(START + second * 1000 + 500).toISOString(),
  op: 'delete',
  function: 'runtime.mapdelete_faststr',
  map: { type: 'map[string]*shop.Session' },
  key: { text, truncated: false },
  thread: 1,
});

it('marks where the clock was set, and says what that means', () => {
  const incident = new Incident(1);
  for (let second = 0; second < 3; second++)
    incident.window({ ...windowAt(second, { f: 1 }), ...(second === 1 ? { clockSetMs: -3_600_000 } : {}) });
  incident.sift();
  const report = incident.report(FRAME);
  const text = "the machine's clock was set back by 60 min";
  expect(report.marks).toEqual([{ kind: 'clock', at: START + 2000, text }]);
  expect(report.story.map((one) => one.text)).toEqual([
    expect.stringContaining('Nothing stands out'),
    `At 12:00:02 ${text}: times before and after it cannot be compared.`,
  ]);
});

it('tells a storm: when, from where, on which keys', () => {
  const report = reportOf(40, (second) => [second < 20 ? 0 : 300, 10 + (second % 3)]);
  expect(report.main).toMatchObject({ op: 'delete', at: START + 20_000, before: 11, after: 311 });
  expect(report.sites[0]).toMatchObject({ function: 'shop.evict', before: 0, after: 300 });
  expect(report.prefixes[0]).toMatchObject({ key: '"sess:eu-', before: 0, share_before: 0 });
  const story = report.story.map(({ text }) => text);
  expect(story[0]).toBe('At 12:00:20 deletes rose from 11.0/s to 311/s.');
  expect(story[1]).toContain(
    '100 % of that difference comes from shop.evict cache.go:88 on map[string]*shop.Session, which did none before',
  );
  expect(story[2]).toContain(
    '96 % of the deletes after it are on keys that begin with "sess:eu-, before it 0 %',
  );
  expect(report.story.every(({ evidence }) => evidence.length > 0)).toBe(true);
});

it('names the longest beginning that nearly all have', () => {
  const { prefixes } = reportOf(40, (second) => [second < 20 ? 0 : 300, 10]);
  expect(prefixes.map(({ key }) => key)).toEqual(['"sess:eu-', '"user:']);
});

it('names no place where many have a part in it', () => {
  const report = reportOf(40, (second) => (second < 20 ? [10, 10] : [100, 100]));
  expect(report.changes).toHaveLength(1);
  expect(report.story.map(({ text }) => text).join(' ')).not.toContain('comes from shop');
});

it('says nothing where nothing happened', () => {
  const report = reportOf(40, (second) => [20 + ((second * 7) % 5), 10]);
  expect(report.main).toBeUndefined();
  expect(report.story).toHaveLength(1);
  expect(report.story[0]?.text).toContain('Nothing stands out');
  expect(report.sites.every(({ before }) => before === 0)).toBe(true);
});

it('says that a short recording tells nothing', () => {
  const report = reportOf(6, (second) => [second < 3 ? 0 : 500, 1]);
  expect(report.changes).toEqual([]);
  expect(report.story[0]?.evidence.join(' ')).toContain('record longer');
});

it('makes a report of nothing', () => {
  const incident = new Incident(1);
  incident.sift();
  expect(incident.report(FRAME)).toMatchObject({ rates: [], from: 0, to: 0, sites: [] });
});
