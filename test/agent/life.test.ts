import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../src/protocol/event.ts';
import type { Summary } from '../../src/protocol/summary.ts';
import { buildGo } from '../support/go_build.ts';
import { mapaudit, MAPAUDIT } from './support.ts';

const started: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Starts the program of test/programs/life. */
function life(what: string): string {
  const child = spawn(buildGo('life'), [what], { stdio: 'ignore' });
  started.push(child);
  return String(child.pid);
}

function eventsOf(out: string): TraceEvent[] {
  const lines = out.split('\n').filter((line) => line.startsWith('{"type":"event"'));
  return lines.map((line) => JSON.parse(line) as TraceEvent);
}

const summaryOf = (out: string): Summary => JSON.parse(out.trim().split('\n').at(-1) ?? '') as Summary;

describe('what targets do to an audit', { timeout: 120_000 }, () => {
  it('maps that take the place of others get numbers of their own', () => {
    const outcome = mapaudit('trace', '-p', life('reuse'), '--map', 'map.string.int', '--json');
    const made = eventsOf(outcome.out).filter((e) => e.op === 'assign' && e.key?.text === '"a"');
    expect(made).toHaveLength(50);
    expect(new Set(made.map((e) => e.map.id)).size).toBe(50);
  });

  it('--key compares a string key with the string itself', () => {
    const pid = life('keys');
    for (const glob of ['a"b', 'C:\\\\dir', 'C:?dir', 'tab?x', 'longlong*', 'l?ng*']) {
      const outcome = mapaudit(
        'trace',
        '-p',
        pid,
        '--key',
        glob,
        '--count',
        '2',
        '--duration',
        '5s',
        '--json',
      );
      expect([glob, eventsOf(outcome.out).length]).toEqual([glob, 2]);
    }
  });

  it('keys of large types are shown in part, and said to be', () => {
    const outcome = mapaudit(
      'trace',
      '-p',
      life('keys'),
      '--key',
      'main.big{A: \\[40]int64{7,*',
      '--count',
      '2',
      '--json',
    );
    const [key] = eventsOf(outcome.out).map((e) => e.key);
    expect(key?.truncated).toBe(true);
    expect(key?.text).toContain('main.big{A: [40]int64{7, 0,');
  });

  it('a program that starts itself anew has left: that is said', () => {
    const outcome = mapaudit('trace', '-p', life('exec'), '--sample', '1/50', '--duration', '30s', '--json');
    expect(outcome.code).toBe(0);
    expect(summaryOf(outcome.out).ended).toBe('target-exec');
  });

  it('--exe knows types and keys of processes that are gone before anybody looks', async () => {
    life('keys');
    await sleep(300);
    const run = spawn(
      process.execPath,
      [MAPAUDIT, 'trace', '--exe', buildGo('life'), '--op', 'delete', '--duration', '6s', '--json'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let out = '';
    run.stdout.on('data', (data: Buffer) => (out += data.toString()));
    await sleep(3000);
    const pids = Array.from({ length: 10 }, () => spawnSync(buildGo('life'), ['once']).pid);
    await new Promise((resolve) => run.once('exit', resolve));
    const short = eventsOf(out).filter((e) => pids.includes(e.pid ?? 0));
    expect(short).toHaveLength(50);
    for (const event of short) {
      expect(event.map.type).toMatch(/^map\[(string|main\.big)\]int$/);
      expect(event.caller?.function).toBe('main.keys');
      if (event.map.type === 'map[string]int') expect(event.key?.text).toBeDefined();
    }
  });

  it('--exe refuses what is no Go program instead of waiting for it', () => {
    const outcome = mapaudit('trace', '--exe', '/bin/ls', '--duration', '5s', '--json');
    expect([outcome.code, outcome.err]).toEqual([1, expect.stringContaining('"not-go"') as unknown]);
  });

  it('names as the caller of a growth the place that made the map grow', () => {
    const outcome = mapaudit(
      'trace',
      '-p',
      life('keys'),
      '--op',
      'grow,assign',
      '--duration',
      '1s',
      '--json',
    );
    const callers = new Set(
      eventsOf(outcome.out)
        .filter((e) => e.op === 'grow')
        .map((e) => e.caller?.function),
    );
    for (const caller of callers) expect(caller).toBe('main.keys');
  });
});
