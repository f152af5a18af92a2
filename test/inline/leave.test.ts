import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { leavePayload } from '../../src/probe/inline/inject/one_thread.ts';
import { TracedThread } from '../../src/probe/inline/inject/traced_thread.ts';
import { Tracee } from '../../src/probe/inline/inject/tracee.ts';
import { ptrace, REG } from '../../src/sys/ptrace.ts';
import { pause } from './harm.ts';

it('a thread that was asked to stop once too often still goes on, and leaves', async () => {
  const program = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
  const pid = program.pid ?? -1;
  try {
    await pause(50);
    const tracee = new Tracee(pid);
    const thread = TracedThread.seize(tracee, pid);
    if (typeof thread === 'number') throw new Error(`not seized: ${thread}`);
    try {
      thread.interrupt();
      expect(thread.stop()).toBe('stopped');
      // As it happens when a thread that does not get its turn is asked twice.
      ptrace.interrupt(pid);
      const at = Number(thread.registers[REG.rip]);
      leavePayload(tracee, thread, { start: at, end: at + 1 });
      expect(thread.isIn(at, at + 1)).toBe(false);
    } finally {
      thread.release();
      tracee.close();
    }
  } finally {
    program.kill('SIGKILL');
  }
});
