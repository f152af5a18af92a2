import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advise } from '../../src/advice/advise.ts';
import type { MapFacts } from '../../src/advice/facts.ts';
import { gatherFacts } from '../../src/agent/map_facts.ts';
import { UsageStream } from '../../src/agent/usage_stream.ts';
import type { Pid } from '../../src/model/ids.ts';
import type { Advice } from '../../src/protocol/advice.ts';
import { buildGo } from '../support/go_build.ts';

/** Long enough for what is said of maps that only grow. */
const SECONDS = 12;
/** Kinds that need a rate: how fast a program is on a busy machine says nothing of the lines it is told. */
const OF_RATE: readonly string[] = ['fast-key', 'large-element', 'sync-map'];
/** What a rate counts for more by, so that a slow machine passes all thresholds too. */
const FASTER = 200;

const source = new URL('../programs/advice/patterns.go', import.meta.url);

/** `clear 81`: what the program says of its lines. */
function wanted(version: string): string[] {
  const lines = readFileSync(source, 'utf8').split('\n');
  return lines.flatMap((text, i) => {
    const kind = /\/\/ want: (\S+)$/.exec(text)?.[1];
    // 1.24 prunes nothing: this map doubles once or twice, and has then room for all tombstones.
    if (kind === 'churn' && version.startsWith('1.24.')) return [];
    return kind === undefined ? [] : [`${kind} ${i + 1}`];
  });
}

const nameOf = ({ kind, site }: Advice): string => `${kind} ${site?.line ?? '?'}`;

interface Said {
  readonly presize?: { readonly bad: number; readonly good: number };
}

describe.each([
  ['1.23.12', 'classic'],
  ['1.24.13', 'swiss'],
  ['1.26.8', 'swiss'],
  ['1.27.4', 'swiss'],
])('a program of go%s (%s)', (version) => {
  let child: ChildProcess;
  let stream: UsageStream;
  let facts: readonly MapFacts[];
  let said: Said = {};

  beforeAll(async () => {
    const program = spawn(buildGo('advice', version), { stdio: ['pipe', 'pipe', 'ignore'] });
    child = program;
    for await (const line of createInterface({ input: program.stdout })) {
      if (line.includes('ready')) break;
      said = JSON.parse(line) as Said;
    }
    stream = new UsageStream(program.pid as Pid, SECONDS);
    program.stdin.write('\n');
    const began = performance.now();
    while (performance.now() - began < SECONDS * 1000) {
      stream.drain();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    stream.finish();
    facts = gatherFacts(stream, SECONDS);
  }, 180_000);

  afterAll(() => {
    child.kill('SIGKILL');
    stream.close();
  });

  it('names the bad lines and no other', () => {
    const fast = facts.map((one) => ({ ...one, observedSeconds: SECONDS / FASTER }));
    const named = [
      ...advise(facts).filter((one) => !OF_RATE.includes(one.kind)),
      ...advise(fast).filter((one) => OF_RATE.includes(one.kind)),
    ];
    expect(stream.lost).toBe(0);
    expect([...new Set(named.map(nameOf))].sort()).toEqual(wanted(version).sort());
  });

  it('estimates what a size saves as the program measures it', () => {
    const advice = advise(facts).find((one) => one.kind === 'presize');
    const maps = 1 + (advice?.other_maps ?? 0);
    const { bad, good } = said.presize ?? { bad: 0, good: 0 };
    const estimated = (advice?.gain.allocated_bytes ?? 0) / maps;
    expect(estimated).toBeGreaterThan(0.75 * (bad - good));
    expect(estimated).toBeLessThan(1.25 * (bad - good));
  });
});
