import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MapauditError } from '../../src/base/errors.ts';
import { toErrorResult } from '../../src/protocol/error_result.ts';
import { END_REASONS } from '../../src/protocol/summary.ts';
import { fakeMapaudit } from './child.ts';
import { listedMaps, mapsReport } from './maps_samples.ts';
import {
  attached,
  checkReport,
  bareHit,
  crash,
  detached,
  entryLine,
  heats,
  inspectSummary,
  slotLines,
  event,
  explainReport,
  hit,
  hostileEvent,
  keyHit,
  notice,
  oddEvents,
  processes,
  snapshot,
  summary,
  watching,
  watchSummary,
} from './samples.ts';
import { classicMap, keyPaths, swissMap } from './map_samples.ts';
import { findingSample, rulesChecked, rulesTested } from './samples_rules.ts';
import { advice, advised, syncMaps } from './advice_samples.ts';
import { raceFound, raceSummary, shared, sparseRace, writing } from './race_samples.ts';
import { emptyReport, fileLines, recorded, report, table } from './samples_evidence.ts';
import { growthRates, growths, stop, touched } from './samples_know.ts';
import { misfit, SCHEMAS } from './schemas.ts';

describe('what the types allow fits the schemas', () => {
  const removed = { ...event(0), op: 'clear', removed: 7 } as const;
  const error = toErrorResult(
    new MapauditError('no-such-process', 'no', { hint: 'mapaudit ps', fields: { pid: 7 } }),
  );
  const whole = { ...snapshot(3, 1, true), ended: 'target-exited' } as const;
  const { type: _, ...watchedBytes } = watching;
  const all = [
    attached,
    notice,
    event(0),
    event(1, { frames: 2 }),
    hostileEvent(0),
    ...oddEvents,
    hit(0),
    hit(1, 2),
    bareHit,
    keyHit,
    watching,
    { ...attached, watching: watchedBytes },
    watchSummary(3, 'count'),
    stop(0),
    stop(1),
    stop(2),
    touched,
    raceFound,
    sparseRace,
    writing,
    shared,
    raceSummary(1, 'count'),
    ...advice,
    advised,
    ...syncMaps,
    recorded,
    findingSample,
    rulesChecked,
    rulesTested,
    {
      type: 'serving' as const,
      address: 'http://127.0.0.1:1',
      page: 'http://127.0.0.1:1/?token=x',
      token: 'x',
    },
    { type: 'dashboards' as const, folder: 'x', files: ['a/b.yml'] },
    report,
    emptyReport,
    table,
    ...fileLines,
    growthRates,
    ...growths,
    swissMap,
    classicMap,
    crash,
    detached,
    { ...attached, still_ms: 0.3 },
    ...[0, 1, 2, 3].map(entryLine),
    ...slotLines,
    ...keyPaths,
    ...heats,
    inspectSummary(3, { consistent: false, unstable: 2, timed_out: true }),
    removed,
    whole,
    ...processes,
    checkReport,
    explainReport,
    ...listedMaps(false),
    ...listedMaps(true),
    mapsReport(4242, { sort: 'age', observeMs: 5000 }),
    mapsReport(4242, { sort: 'bytes' }),
    error,
  ];
  const values = [...all, toErrorResult(new Error('x')), ...END_REASONS.map((ended) => summary(9, ended))];

  test.each(values.map((value) => [value.type, value] as const))('%s', (_type, value) => {
    expect(misfit(value)).toBeUndefined();
  });

  test('every schema is tried', () => {
    const files = readdirSync(SCHEMAS).map((file) => file.replace('.json', ''));
    const tried = new Set<string>(values.map((value) => value.type));
    expect(files.filter((name) => name !== 'loss' && !tried.has(name))).toEqual([]);
  });

  test('a schema notices what does not belong', () => {
    expect(misfit({ ...event(0), extra: 1 } as never)).toContain('additional properties');
    expect(misfit({ ...event(0), op: 'drop' } as never)).toContain('allowed values');
    expect(misfit({ ...event(0), thread: undefined } as never)).toContain('thread');
  });
});

test.each([
  [['ps', '--json'], ['process']],
  [
    ['maps', '-p', '7', '--json'],
    ['found_map', 'maps'],
  ],
  [
    ['maps', '-p', '7', '--json', '--observe', '1s'],
    ['attached', 'found_map', 'maps'],
  ],
  [['check', '-p', '1', '--json'], ['check']],
  [['query', 'deletes', '--store', 'x', '--json'], ['table']],
  [['explain', './x', 'main.f', '--json'], ['explain']],
  [
    ['trace', '-p', '1', '--json', '--stack'],
    ['attached', 'event', 'summary'],
  ],
  [
    ['trace', '-p', '7000', '--count', '3', '--json'],
    ['attached', 'event', 'summary'],
  ],
  [
    ['who', '-p', '1', '--key', '"a"', '--json'],
    ['attached', 'event', 'touched', 'summary'],
  ],
  [
    ['advise', '-p', '1', '--json'],
    ['attached', 'advice', 'advised'],
  ],
  [
    ['replay', 'x.mapaudit', '--json'],
    ['attached', 'event', 'summary'],
  ],
  [
    ['replay', 'x.mapaudit', 'top', '--once', '--json'],
    ['snapshot', 'summary'],
  ],
  [['report', 'x.mapaudit', '--json'], ['report']],
  [
    ['grow', '-p', '1', '--json'],
    ['attached', 'event', 'migration', 'growths', 'summary'],
  ],
  [
    ['race', '-p', '1', '--json'],
    ['attached', 'race', 'writing', 'shared', 'summary'],
  ],
  [
    ['break', '-p', '1', '--json'],
    ['attached', 'stop', 'summary'],
  ],
  [
    ['watch', '-p', '1', '--address', '0xc000123450', '--json', '--stack'],
    ['attached', 'hit', 'summary'],
  ],
  [
    ['watch', '-p', '1', '--expr', 'main.m', '--key', '7', '--json'],
    ['attached', 'watching', 'hit', 'summary'],
  ],
  [
    ['inspect', '-p', '1', '--expr', 'main.m', '--json'],
    ['map', 'entry', 'summary'],
  ],
  [
    ['inspect', '-p', '1', '--expr', 'main.m', '--json', '--slots'],
    ['map', 'slots', 'summary'],
  ],
  [
    ['inspect', '-p', '1', '--expr', 'main.m', '--json', '--heat'],
    ['map', 'heat', 'summary'],
  ],
  [
    ['inspect', '-p', '1', '--expr', 'main.m', '--json', '--key', '"a"'],
    ['map', 'path', 'summary'],
  ],
  [
    ['top', '-p', '1', '--once', '--json'],
    ['snapshot', 'summary'],
  ],
  [
    ['top', '-p', '6000', '--interval', '100ms', '--json'],
    ['snapshot', 'summary'],
  ],
])('every line of %j', async (args, types) => {
  const { stdout } = await fakeMapaudit(args);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });
  for (const line of lines) expect(misfit(line)).toBeUndefined();
  expect([...new Set(lines.map((line) => line.type))]).toEqual(types);
});

test('what record says on stderr', async () => {
  const { stdout, stderr } = await fakeMapaudit(['record', '-p', '1', '--json']);
  expect(stdout).toBe('not really a recording');
  const lines = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });
  for (const line of lines) expect(misfit(line)).toBeUndefined();
  expect(lines.map(({ type }) => type)).toEqual(['attached', 'recorded', 'summary']);
});

test('errors on stderr fit too', async () => {
  for (const args of [
    ['trace', '-p', '99999', '--json'],
    ['trace', '-p', 'x', '--json'],
  ]) {
    const { stderr } = await fakeMapaudit(args);
    expect(misfit(JSON.parse(stderr) as { type: string })).toBeUndefined();
  }
});
