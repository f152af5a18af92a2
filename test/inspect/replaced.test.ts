import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, mapaudit } from '../agent/support.ts';
import { buildGo } from '../support/go_build.ts';

const ROUNDS = 4;

describe.each(['1.21.13', '1.26.8'])('a map that is made anew while it is read, Go %s', (version) => {
  let child: ChildProcess;

  beforeAll(async () => {
    const started = spawn(buildGo('replaced', version), { stdio: ['ignore', 'pipe', 'inherit'] });
    child = started;
    for await (const line of createInterface({ input: started.stdout })) if (line === 'ready') break;
  }, 120_000);
  afterAll(() => child.kill('SIGKILL'));

  it('is never called damaged, or no map', { timeout: 240_000 }, () => {
    for (let round = 0; round < ROUNDS; round++)
      for (const view of [['--limit', '3'], ['--heat'], ['--key', '7']]) {
        const args = ['inspect', '-p', String(child.pid), '--expr', 'main.grown', '--json', ...view];
        const outcome = mapaudit(...args);
        if (outcome.code !== 0) expect(errorCode(outcome), outcome.err).toBe('map-replaced');
      }
  });
});
