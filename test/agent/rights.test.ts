import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../src/protocol/check_report.ts';
import { buildGo } from '../support/go_build.ts';
import { mapaudit, MAPAUDIT } from './support.ts';

const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
const BPF = ['--inh-caps=-all,+bpf,+perfmon', '--ambient-caps=-all,+bpf,+perfmon'];
const ROOT_WITHOUT_PTRACE = ['setpriv', '--bounding-set=-sys_ptrace', '--inh-caps=-sys_ptrace'];

let [ofRoot, ofNobody]: ChildProcess[] = [];
beforeAll(async () => {
  mapaudit('--version');
  ofRoot = spawn(buildGo('life'), ['keys'], { stdio: 'ignore' });
  const [command, ...args] = [...NOBODY, buildGo('life'), 'keys'];
  ofNobody = spawn(command, args, { stdio: 'ignore' });
  await sleep(500);
});
afterAll(() => {
  ofRoot?.kill('SIGKILL');
  ofNobody?.kill('SIGKILL');
});

/** The error of a command that is run with other rights. */
function errorAs(before: readonly string[], ...args: string[]): Readonly<Record<string, unknown>> {
  const [command, ...rest] = [...before, process.execPath, MAPAUDIT, ...args, '--json'];
  const { stderr } = spawnSync(command, rest, { encoding: 'utf8', timeout: 60_000 });
  return JSON.parse(
    stderr.split('\n').find((line) => line.startsWith('{"type":"error"')) ?? '{}',
  ) as Readonly<Record<string, unknown>>;
}

describe('rights that are missing are named, with the line that gives them', { timeout: 120_000 }, () => {
  for (const command of ['check', 'trace', 'top', 'watch'])
    it(`${command} -p of another user's process`, () => {
      const places = command === 'watch' ? ['--address', '0xc000000000'] : [];
      const error = errorAs([...NOBODY, ...BPF], command, '-p', String(ofRoot?.pid), ...places);
      expect(error).toMatchObject({ code: 'missing-capability' });
      expect(error['message']).toMatch(/^\/proc\/\d+\/exe may not be read: that needs CAP_SYS_PTRACE$/);
      expect(error['hint']).toContain('sudo setcap cap_bpf,cap_perfmon,cap_sys_ptrace+ep');
    });

  it('check without any says all that are missing', () => {
    expect(errorAs(NOBODY, 'check', '-p', String(ofRoot?.pid))['message']).toContain(
      'CAP_BPF and CAP_PERFMON too',
    );
  });

  it('root without it is not sent to sudo', () => {
    const error = errorAs(ROOT_WITHOUT_PTRACE, 'check', '-p', String(ofNobody?.pid));
    expect(error).toMatchObject({ code: 'missing-capability' });
    expect(error['hint']).toContain('--cap-add SYS_PTRACE');
    expect(error['hint']).not.toContain('sudo');
  });

  it('--exe does not wait for a process that it could not audit', () => {
    const error = errorAs(NOBODY, 'trace', '--exe', buildGo('life'), '--duration', '15s');
    expect(error).toMatchObject({ code: 'missing-capability' });
    expect(error['message']).toContain('CAP_BPF and CAP_PERFMON');
  });

  it('check of a file needs none, and says what probes would', () => {
    const [command, ...rest] = [...NOBODY, process.execPath, MAPAUDIT, 'check', buildGo('life'), '--json'];
    const report = JSON.parse(spawnSync(command, rest, { encoding: 'utf8' }).stdout) as CheckReport;
    expect(report.ready).toBe(false);
    expect(JSON.stringify(report.requirements)).toContain('missing: CAP_BPF, CAP_PERFMON');
  });
});
