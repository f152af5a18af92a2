import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { ApiFinding, ApiFindings, ApiRates } from '../../src/protocol/api.ts';
import type { IncidentReport } from '../../src/protocol/report.ts';
import { inFolder } from '../agent/support.ts';
import { background, linesOf, mapaudit } from '../evidence/recorded.ts';
import { serve, type Served, serveRecording, until } from '../serve/served.ts';
import { planted, RULES, startIncident } from './program.ts';

let open: { readonly kill: (signal: NodeJS.Signals) => boolean }[] = [];
afterEach(() => {
  for (const child of open) child.kill('SIGKILL');
  open = [];
});

const RULE_NAMES = ['delete-storm', 'map-only-grows', 'map-race'];

const findingsOf = async (service: Served, from = 0): Promise<readonly ApiFinding[]> =>
  ((await service.get(`/api/v1/findings?from=${from}`)) as ApiFindings).findings;

/** What must be known of the three, whoever tells it. */
function expectTheThree(findings: readonly ApiFinding[]): void {
  const titles = JSON.stringify(
    findings.map(({ title }) => title),
    undefined,
    1,
  );
  expect([...new Set(findings.map(({ rule }) => rule))].sort(), titles).toEqual(RULE_NAMES);
  const of = (rule: string): ApiFinding[] => findings.filter((one) => one.rule === rule);

  const storm = planted('the storm');
  expect(of('delete-storm'), titles).toHaveLength(1);
  expect(of('delete-storm')[0]).toMatchObject({
    map_type: 'map[string]*main.Session',
    prefix: '"sess:eu-',
    site: { function: 'main.(*Sessions).dropIfMoved', line: storm.line },
  });
  expect(of('delete-storm')[0]?.title).toContain(storm.label);

  const leak = planted('the leak');
  expect(of('map-only-grows'), titles).toHaveLength(1);
  expect(of('map-only-grows')[0]).toMatchObject({
    map_type: 'map[string]time.Time',
    site: { function: 'main.(*Receipts).keep', line: leak.line },
  });
  expect(of('map-only-grows')[0]?.title).toContain(leak.label);

  const sides = [planted('one side of the race').label, planted('the other side of the race').label];
  for (const { title, map_type: type } of of('map-race')) {
    expect(type).toBe('map[string]bool');
    // Two requests at once make the same half at the same time, too.
    const named = title.match(/service\.go:\d+/g) ?? [];
    expect(named, title).toHaveLength(2);
    for (const side of named) expect(sides).toContain(side);
  }
  expect(
    findings.every(({ state }) => state === 'resolved'),
    titles,
  ).toBe(true);
}

it('serve finds the storm, the leak and the race, names their lines, and says when they are over', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'incident.mapaudit');
    const program = startIncident(folder, '-calm', '12s', '-storm', '24s', '-bad', '45s');
    open.push(program.child);
    const recorder = background(
      'record',
      '-p',
      program.pid,
      '--races',
      '--sample',
      '1/8',
      '--json',
      '-o',
      file,
    );
    open.push(recorder.child);
    const service = await serve('-p', program.pid, '--races', '--budget', '10%', '--rules', RULES);
    open.push(service.child);
    await recorder.attached();
    // Rings hold a second or so: whoever reads them must not wait for long on a busy machine.
    for (const { pid = 0 } of [recorder.child, service.child]) setPriority(pid, -10);
    program.begin();

    const fired = new Set<string>();
    await until(async () => {
      const findings = await findingsOf(service);
      for (const { rule, state } of findings) if (state === 'firing') fired.add(rule);
      expect(program.child.exitCode, 'the program lives on').toBeNull();
      const over = new Set(findings.filter(({ state }) => state === 'resolved').map(({ rule }) => rule));
      await sleep(500);
      return (
        RULE_NAMES.every((rule) => over.has(rule)) && program.ledger().some(({ did }) => did === 'rollback')
      );
    });
    await until(async () => (await findingsOf(service)).every(({ state }) => state === 'resolved'));
    expect([...fired].sort()).toEqual(RULE_NAMES);
    expectTheThree(await findingsOf(service));

    // What the program itself wrote down is what was counted from that line.
    const { dropped } = program.ledger().find(({ did }) => did === 'storm over') ?? { dropped: -1 };
    const rates = (await service.get('/api/v1/rates?by=site&op=delete&step=60000')) as ApiRates;
    const counted = rates.series.find(({ site }) => site?.line === planted('the storm').line);
    const paused = (await service.status()).notices.some(({ message }) =>
      message.includes('nothing is counted'),
    );
    expect(counted?.total).toBeGreaterThan(0);
    expect(counted?.total).toBeLessThanOrEqual(dropped);
    if (!paused) expect(counted?.total).toBe(dropped);
    expect(await service.end()).toBe(0);

    recorder.child.kill('SIGINT');
    expect(await recorder.ended(), recorder.said()).toBe(0);
    await expectItsStory(folder, file, program.ledger());
  });
}, 400_000);

/** What the recording of the same tells. */
async function expectItsStory(
  folder: string,
  file: string,
  ledger: ReturnType<ReturnType<typeof startIncident>['ledger']>,
): Promise<void> {
  const began = Date.parse(ledger.find(({ did }) => did === 'bad release')?.time ?? '');
  const lines = linesOf(mapaudit('report', file, '--json').out) as unknown as Partial<IncidentReport>[];
  const report = lines.find(({ story }) => story !== undefined);
  const rise = report?.changes?.find(({ op, after, before }) => op === 'delete' && after > before);
  expect(Math.abs((rise?.at ?? 0) - began)).toBeLessThan(3000);
  const story = report?.story?.map(({ text }) => text).join('\n') ?? '';
  expect(story).toContain(planted('the storm').label);
  expect(story).toContain('"sess:eu-');
  expect(story).toMatch(/A map\[string\]time\.Time .* grew \d+ times/u);
  expect(story).toContain(planted('one side of the race').file);
  const page = join(folder, 'incident.html');
  expect(mapaudit('report', file, '-o', page).code).toBe(0);
  const html = readFileSync(page, 'utf8');
  for (const what of ['the storm', 'the leak']) expect(html).toContain(planted(what).label);

  const tested = mapaudit('rules', 'test', RULES, file, '--json');
  expect(tested.code, tested.out).toBe(0);

  // And the page of the recording, at its own time.
  const service = await serveRecording(file, '--rules', RULES);
  open.push(service.child);
  const { recording, now } = await service.status();
  expect(recording).toMatchObject({ file, whole: true, to: now });
  expectTheThree(await findingsOf(service));
  expect(await service.end()).toBe(0);
}
