import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { tracingRefused } from './requirements.ts';

describe('tracingRefused', () => {
  it('says of a process that has ended that it has, whatever of it could not be read', () => {
    const { pid } = spawnSync('true');
    for (const what of [`/proc/${pid}/exe`, `the memory of pid ${pid}`, `thread ${pid} of pid ${pid}`])
      expect(tracingRefused(pid, what)).toMatchObject({ code: 'no-such-process' });
  });

  it('names what may not be read of one that runs', () => {
    const error = tracingRefused(process.pid, 'the memory of it');
    expect(['no-permission', 'missing-capability']).toContain(error.code);
    expect(error.message).toMatch(/^the memory of it may not be read/);
  });
});
