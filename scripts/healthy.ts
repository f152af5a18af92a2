/**
 * examples/incident for long, under `mapaudit serve` with the rules that mapaudit has:
 * npm run healthy -- --minutes 10              a program that does well: nothing may be found
 * npm run healthy -- --minutes 10 --incident   with the bad release out all the time: all three must be found
 * [--budget 1%]. Exit code 1 where it is not so.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ApiFindings, ApiStatus } from '../src/protocol/api.ts';
import { startIncident } from '../test/incident/program.ts';
import { serve, type Served } from '../test/serve/served.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    incident: { type: 'boolean', default: false },
    budget: { type: 'string', default: '1%' },
  },
});
const LOOK_MS = 5000;
const MINUTE = 60_000;
/** What is found of the incident. */
const WANTED = ['delete-storm', 'map-only-grows', 'map-race'];

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const until = Date.now() + Number(values.minutes) * MINUTE;
const folder = mkdtempSync(join(tmpdir(), 'mapaudit-healthy-'));
const flags = values.incident
  ? ['-calm', '30s', '-storm', '30s', '-bad', `${values.minutes}m`, '-sessions', '120000']
  : ['-healthy'];
const program = startIncident(folder, ...flags);
let service: Served | undefined;
try {
  service = await serve('-p', program.pid, '--races', '--budget', values.budget);
  program.begin();
  const told = new Set<string>();
  const rules = new Set<string>();
  let [paused, looks] = [0, 0];
  while (Date.now() < until && program.child.exitCode === null) {
    await sleep(LOOK_MS);
    // A machine that is busy with other things may answer later than it is waited for.
    const answer = await service.get('/api/v1/findings?from=0').catch(() => undefined);
    const findings = (answer as ApiFindings | undefined)?.findings;
    if (findings === undefined) continue;
    for (const { id, state, rule, title } of findings) {
      rules.add(rule);
      if (told.has(`${id} ${state}`)) continue;
      told.add(`${id} ${state}`);
      say(`${new Date().toISOString().slice(11, 19)} ${state}: ${title}`);
    }
    looks++;
    if ((await service.status().catch(() => undefined))?.cost.some((cost) => cost.paused === true) === true)
      paused++;
  }
  const status = await service.status();
  say(`${values.minutes} minutes, ${JSON.stringify(await service.totals())}`);
  say(`${costText(status)}; counting paused in ${paused} of ${looks} looks`);
  for (const { message } of status.notices) say(`  ${message}`);
  await service.end();
  const found = [...rules].sort().join(', ');
  // Nobody has looked where most questions had no answer.
  const hasLooked = looks * LOOK_MS > (Number(values.minutes) * MINUTE) / 2;
  const isFound = values.incident ? WANTED.every((rule) => rules.has(rule)) : rules.size === 0;
  const isRight = hasLooked && isFound;
  say(`found: ${found === '' ? 'nothing' : found}: ${isRight ? 'as it should be' : 'NOT AS IT SHOULD BE'}`);
  process.exitCode = isRight && program.child.exitCode === null ? 0 : 1;
} finally {
  service?.child.kill('SIGINT');
  program.child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

function costText({ cost, events, lost }: ApiStatus): string {
  const shares = cost.map(
    (one) =>
      `cost ${(one.share * 100).toPrecision(2)} % of ${one.budget * 100} %, one event in ${one.sampled_every}`,
  );
  return `${shares.join('; ')}, ${events} events, ${lost.ring_full} lost`;
}
