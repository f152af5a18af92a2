import { expect, it } from 'vitest';
import type { Race, RaceSide } from '../../protocol/race.ts';
import { sarifOf } from './sarif.ts';

const side = (line: number, file = '/src/a b.go'): RaceSide => ({
  op: 'assign',
  function: 'runtime.mapassign',
  time: '2026-03-01T12:00:00Z',
  thread: 1,
  goroutine: { id: line },
  caller: { function: 'main.f', file, line, inlined: false },
});
const race: Race = {
  type: 'race',
  id: 1,
  kind: 'write/write',
  map: { type: 'map[string]int' },
  sides: [side(3), side(9, 'example.com/m@v1/f.go')],
  count: 4,
  maps: 1,
};

interface Log {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly locations: readonly { physicalLocation: unknown }[];
      readonly relatedLocations: readonly { physicalLocation: unknown }[];
      readonly stacks: readonly { readonly message: { readonly text: string } }[];
      readonly occurrenceCount: number;
    }[];
  }[];
}

it('a run without races is a log without results', () => {
  expect((sarifOf([]) as Log).runs[0]?.results).toEqual([]);
});

it('a race has both places, as files and lines', () => {
  const log = sarifOf([race]) as Log;
  const run = log.runs[0]!;
  const [result] = run.results;
  expect(log.version).toBe('2.1.0');
  expect(run.tool.driver.rules.map((rule) => rule.id)).toContain(result?.ruleId);
  expect(result?.locations[0]?.physicalLocation).toEqual({
    artifactLocation: { uri: 'file:///src/a%20b.go' },
    region: { startLine: 3 },
  });
  expect(result?.relatedLocations[0]?.physicalLocation).toEqual({
    artifactLocation: { uri: 'example.com/m@v1/f.go' },
    region: { startLine: 9 },
  });
  expect([result?.stacks.length, result?.occurrenceCount]).toEqual([2, 4]);
});

it('each stack says where its functions take a mutex, or that no such call was found', () => {
  const frame = { function: 'main.locked', file: '/src/l.go', line: 7, inlined: false };
  const sides: Race['sides'] = [
    { ...side(3), locks: [frame] },
    { ...side(9), locks: [] },
  ];
  const texts = (log: Log): readonly string[] =>
    log.runs[0]!.results[0]!.stacks.map(({ message }) => message.text);
  expect(texts(sarifOf([{ ...race, sides }]) as Log)).toEqual([
    'assign by goroutine 3; takes a mutex in main.locked l.go:7',
    'assign by goroutine 9; no call that takes a sync.Mutex or RWMutex in the functions of this stack',
  ]);
  expect(texts(sarifOf([race]) as Log)[0]).toBe('assign by goroutine 3');
});
