import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Capability } from '../../src/sys/capabilities.ts';
import { attachInChild, ended } from './children.ts';
import { buildTarget, RunningTarget } from './target.ts';

let target: RunningTarget;
beforeAll(async () => {
  target = await RunningTarget.start(buildTarget('rights'));
});
afterAll(() => target.close());

const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

/** A user without a name and with these rights alone. */
function nobodyWith(...rights: Capability[]): string[] {
  const list = ['-all', ...rights.map((right) => `+${right.slice('CAP_'.length).toLowerCase()}`)].join(',');
  return [...NOBODY, `--inh-caps=${list}`, `--ambient-caps=${list}`];
}

async function answerOf(
  before: readonly string[],
  pid = target.pid,
): Promise<Readonly<Record<string, unknown>>> {
  const child = await attachInChild(pid, before);
  try {
    return await child.answer;
  } finally {
    child.process.kill('SIGKILL');
    await ended(child.process);
  }
}

/** Root, but without these rights. */
const rootWithout = (...rights: string[]): string[] => {
  const list = rights.map((right) => `-${right}`).join(',');
  return ['setpriv', `--bounding-set=${list}`, `--inh-caps=${list}`];
};

describe('without the rights', () => {
  it('of a probe the error names them, and what to type', async () => {
    const answer = await answerOf(rootWithout('sys_admin', 'bpf', 'perfmon'));
    expect(answer).toMatchObject({ code: 'missing-capability', missing: 'CAP_BPF CAP_PERFMON' });
    // Root has no use for sudo.
    expect(answer['hint']).toContain('--cap-add BPF');
    expect(answer['hint']).not.toContain('sudo');
    expect((await answerOf(nobodyWith()))['hint']).toContain(
      'setcap cap_bpf,cap_perfmon,cap_sys_ptrace+ep "$(command -v node)"',
    );
  });

  it('of one of the two only that one is named', async () => {
    const answer = await answerOf(rootWithout('sys_admin', 'perfmon'));
    expect(answer).toMatchObject({ code: 'missing-capability', missing: 'CAP_PERFMON' });
  });

  it("to read another user's process it says so", async () => {
    const answer = await answerOf(nobodyWith('CAP_BPF', 'CAP_PERFMON'));
    expect(answer).toMatchObject({ code: 'missing-capability', missing: 'CAP_SYS_PTRACE' });
    expect(answer['message']).toContain(`/proc/${target.pid}/`);
    expect(answer['hint']).toContain('setcap');
  });
});

describe('with no more than the rights', () => {
  it("it attaches to another user's process", async () => {
    expect(await answerOf(nobodyWith('CAP_BPF', 'CAP_PERFMON', 'CAP_SYS_PTRACE'))).toEqual({
      attached: true,
    });
  });
});
