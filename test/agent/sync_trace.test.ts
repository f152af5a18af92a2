import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../src/protocol/event.ts';
import { buildGo } from '../support/go_build.ts';
import { MAPAUDIT } from './support.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Everything a child writes, and a wait for a text in it. */
function output(child: ChildProcess): { text: () => string; until: (wanted: string) => Promise<void> } {
  let out = '';
  let err = '';
  child.stdout?.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (err += data.toString()));
  return {
    text: () => out,
    async until(wanted) {
      while (!out.includes(wanted)) {
        if (child.exitCode !== null) throw new Error(`ended without ${wanted}: ${out}${err}`);
        await sleep(20);
      }
    },
  };
}

/** Runs the ledger program under `trace`: what it wrote down, and what was seen of it. */
async function traced(
  program: string,
  ...flags: string[]
): Promise<{ ledger: string[]; seen: TraceEvent[] }> {
  const target = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const book = output(target);
  const args = [MAPAUDIT, 'trace', '-p', String(target.pid), '--json', '--op', 'all', '--duration', '60s'];
  const trace = spawn(process.execPath, [...args, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(target, trace);
  const events = output(trace);
  await events.until('"type":"attached"');
  target.stdin.write('\n');
  await book.until('end\n');
  await sleep(300);
  const closed = once(trace, 'close');
  trace.kill('SIGINT');
  await closed;
  const seen = events
    .text()
    .split('\n')
    .filter((line) => line.startsWith('{"type":"event"'));
  return {
    ledger: book.text().split('\n').slice(0, -2),
    seen: seen.map((line) => JSON.parse(line) as TraceEvent),
  };
}

const ofLedger = (seen: readonly TraceEvent[]): TraceEvent[] =>
  seen.filter((e) => e.map.type === 'sync.Map' && e.caller?.function.startsWith('main.') === true);

/** As the program writes it. */
const row = (e: TraceEvent): string =>
  [e.function.replace('sync.(*Map).', ''), e.key?.text ?? '-', e.goroutine?.id, e.caller?.line].join('\t');

describe('operations of sync.Map', { timeout: 120_000 }, () => {
  for (const version of ['1.18.10', '1.23.12', '1.24.13', '1.26.8', '1.27.4'] as const)
    for (const flags of ['default', 'stripped', 'N'] as const)
      it(`are each seen once, as they were done, with Go ${version} (${flags})`, async () => {
        const { ledger, seen } = await traced(buildGo('synctrace', version, flags), '--sync');
        const own = ofLedger(seen);
        expect(own.map(row)).toEqual(ledger);
        expect(new Set(own.map((e) => e.map.address)).size).toBe(1);
        expect(own.filter((e) => 'len' in e || 'found' in e)).toEqual([]);
        expect(
          seen.filter((e) => e.map.type !== 'sync.Map' && e.caller?.function.startsWith('sync.(*Map)')),
        ).toEqual([]);
      });

  it('are not traced unless asked for; what they do to plain maps is', async () => {
    const { seen } = await traced(buildGo('synctrace', '1.23.12'));
    expect(seen.filter((e) => e.map.type === 'sync.Map')).toEqual([]);
    expect(seen.some((e) => e.caller?.function.startsWith('sync.(*Map)') === true)).toBe(true);
  });
});
