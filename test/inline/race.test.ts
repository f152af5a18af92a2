import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RACE_AT, SPENT } from '../../src/probe/inline/race_layout.ts';
import { MAPAUDIT } from '../agent/support.ts';
import { buildGo } from '../support/go_build.ts';
import { LoadedProgram, pause } from './harm.ts';

/** Longer than the reader's lease. */
const LEASE_OVER_MS = 3000;

let program: LoadedProgram;
let mapaudit: ChildProcess | undefined;
beforeEach(async () => {
  program = new LoadedProgram(buildGo('patched'));
  await program.started();
});
afterEach(() => {
  mapaudit?.kill('SIGKILL');
  program.stop();
});

/** `mapaudit race`, its probes in place. */
async function watching(...args: string[]): Promise<ChildProcess> {
  const words = [MAPAUDIT, 'race', '-p', String(program.pid), '--probe', 'inline', '--json', ...args];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  mapaudit = child;
  await new Promise<void>((resolve) =>
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('"attached"')) resolve();
    }),
  );
  return child;
}

/** Waits so far, as the program's own memory has it. */
function watches(): bigint {
  const line = readFileSync(`/proc/${program.pid}/maps`, 'utf8')
    .split('\n')
    .find((one) => one.includes('rw-s') && one.includes('memfd:mapaudit'));
  const at = parseInt(line?.split('-')[0] ?? '', 16) + RACE_AT + SPENT.watches;
  const memory = openSync(`/proc/${program.pid}/mem`, 'r');
  try {
    const word = Buffer.alloc(8);
    readSync(memory, word, 0, 8, at);
    return word.readBigUInt64LE();
  } finally {
    closeSync(memory);
  }
}

it(
  'a killed mapaudit leaves a program that goes on, and nobody waits any more',
  { timeout: 120_000 },
  async () => {
    const child = await watching('--budget', '50%');
    await expect.poll(watches).toBeGreaterThan(0n);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(program.remains()).toBe('memory');
    await pause(LEASE_OVER_MS);
    let then = watches();
    // One that waited may have been kept from its processor.
    for (let i = 0; i < 10; i++) {
      const before = then;
      await pause(500);
      then = watches();
      if (then === before) break;
    }
    expect(await program.harm()).toBeUndefined();
    expect(watches()).toBe(then);
    const detach = spawn(process.execPath, [MAPAUDIT, 'detach', '-p', String(program.pid)], {
      stdio: 'ignore',
    });
    expect(await once(detach, 'exit')).toEqual([0, null]);
    expect(program.remains()).toBeUndefined();
    expect(await program.harm()).toBeUndefined();
  },
);

it('one that ends leaves the program as it was', { timeout: 120_000 }, async () => {
  const child = await watching('--budget', '50%', '--duration', '3s');
  const ended = once(child, 'exit');
  expect(await program.harm()).toBeUndefined();
  const [code] = (await ended) as [number | null];
  expect([0, 2]).toContain(code);
  expect(program.remains()).toBeUndefined();
  expect(await program.harm()).toBeUndefined();
});
