import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HEADER, MODE } from '../../src/probe/build/layout.ts';
import { GO_VERSIONS } from '../support/go_build.ts';
import { buildHooked, fewOrAll } from '../support/mapaudit_go.ts';

const MAPAUDIT = fileURLToPath(new URL('../../bin/mapaudit', import.meta.url));
/** More than three times what the hook counts before it looks whether its reader lives. */
const N = 20_000;
const TYPES = ['string', 'uint32', 'uint64', '*int', 'main.pair'].map((key) => `map[${key}]int`);

interface Counter {
  readonly op: string;
  readonly map_type?: string;
  readonly count: number;
}

/** Counts by type and operation of the program while it works. */
async function countsOf(path: string): Promise<Map<string, number>> {
  const program = spawn(path, [String(N)], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(program.stdout, 'data');
    const args = ['--once', '--duration', '2m', '--op', 'assign,access,delete', '--keys', 'none', '--json'];
    const top = spawn(process.execPath, [MAPAUDIT, 'top', '-p', String(program.pid), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    top.stdout.on('data', (data: Buffer) => (text += data.toString()));
    const file = `/dev/shm/mapaudit.${program.pid}`;
    while (!existsSync(file) || readFileSync(file).readUInt32LE(HEADER.mode) !== MODE.counts) await sleep(20);
    // The hook follows the word when it is signalled, which the reader does before it goes on.
    await sleep(500);
    const done = once(program.stdout, 'data');
    program.stdin.write('\n');
    await done;
    top.kill('SIGINT');
    await once(top, 'close');
    const [line = ''] = text.split('\n').filter((one) => one.includes('"snapshot"'));
    const sums = new Map<string, number>();
    for (const { op, map_type, count } of (JSON.parse(line) as { counters: Counter[] }).counters)
      sums.set(`${map_type} ${op}`, (sums.get(`${map_type} ${op}`) ?? 0) + count);
    return sums;
  } finally {
    program.kill('SIGKILL');
  }
}

describe('what the hook counts', () => {
  for (const version of fewOrAll(['1.26.8'], GO_VERSIONS))
    it(`is each operation once, for each kind of key, with Go ${version}`, async () => {
      const sums = await countsOf(buildHooked('tallies', version));
      for (const type of TYPES)
        for (const op of ['assign', 'access', 'delete'])
          // Up to Go 1.19 code that types share is told the shape alone.
          expect([type, op, sums.get(`${type} ${op}`) ?? sums.get(`${shapeOf(type)} ${op}`)]).toEqual([
            ...[type, op, 2 * N],
          ]);
    });
});

const shapeOf = (type: string): string => type.replace(/\[(.*)\]/, '[go.shape.$1_0]');
