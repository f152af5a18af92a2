import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { openGoBinary } from '../../src/go/go_binary.ts';
import { planPatches } from '../../src/go/plan/patch_plan.ts';
import { planProbes } from '../../src/go/plan/plan.ts';
import { MAP_OPS } from '../../src/model/map_op.ts';
import { openFile } from '../../src/sys/file_source.ts';
import { Tracee } from '../../src/probe/inline/inject/tracee.ts';
import { buildGo } from '../support/go_build.ts';
import { bundledChild, LoadedProgram, pause, runChild } from './harm.ts';

const MAPAUDIT = fileURLToPath(new URL('../../bin/mapaudit', import.meta.url));
const PATH = buildGo('patched');

const programs: LoadedProgram[] = [];
const others: ChildProcess[] = [];
afterEach(() => {
  for (const one of others.splice(0)) one.kill('SIGKILL');
  for (const one of programs.splice(0)) one.stop();
});

/** The program, started by a shell command that ends in `"$@"`, or as it is. */
async function started(wrapper?: readonly string[]): Promise<LoadedProgram> {
  const program = new LoadedProgram(PATH, 0, wrapper);
  programs.push(program);
  await program.started();
  return program;
}

const mapaudit = (...args: string[]) => run([process.execPath, MAPAUDIT, ...args, '--json']);

function run([program = '', ...args]: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000 });
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.startsWith('{'));
  const said = lines.map((line) => JSON.parse(line) as { type: string; code?: string; message?: string });
  return { status, stderr, said, error: said.find((line) => line.type === 'error') };
}

const inline = (pid: number, ...more: string[]) =>
  mapaudit('trace', '-p', String(pid), '--probe', 'inline', '--duration', '1s', ...more);

/** It said so, with this code, and the program is as it was. */
function expectRefused(program: LoadedProgram, code: string, words: RegExp, ...more: string[]): void {
  const { status, error } = inline(program.pid, ...more);
  expect(error).toMatchObject({ code, message: expect.stringMatching(words) as string });
  expect(status).not.toBe(0);
  expect(program.remains()).toBeUndefined();
}

/** Where the payload goes. */
function startCode(): { address: number } {
  const binary = openGoBinary(openFile(PATH));
  const { text, etext } = binary.moduleData;
  const plan = planProbes(binary, { ops: MAP_OPS, exits: false });
  return planPatches(binary, plan, { start: text, end: etext }).patch.room;
}

/**
 * Runs a command with a seccomp filter that answers `action` to a system call. `lowOnly`: where code below 4 GB makes
 * it, as Go's does and the C library's, by which a program with cgo does all its own, does not.
 */
const withSeccomp = (call: number, action: string, lowOnly = false): string[] => [
  'python3',
  '-c',
  `
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
low = [(0x20, 0, 0, 12), (0x15, 0, 1, 0)] if ${lowOnly ? 1 : 0} else []
code = [(0x20, 0, 0, 0), (0x15, 0, 1 + len(low), ${call}), *low, (6, 0, 0, ${action}), (6, 0, 0, 0x7fff0000)]
raw = b''.join(struct.pack('HBBI', *one) for one in code)
buffer = ctypes.create_string_buffer(raw)
program = struct.pack('HxxxxxxQ', len(code), ctypes.addressof(buffer))
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, ctypes.create_string_buffer(program)) == 0
os.execv(sys.argv[1], sys.argv[1:])`,
];

describe('the inline probe refuses, and touches nothing', () => {
  it('a program that another one traces, and says which', { timeout: 60_000 }, async () => {
    const program = await started();
    const script = `
import ctypes, sys, time
libc = ctypes.CDLL(None)
assert libc.ptrace(0x4206, int(sys.argv[1]), None, None) == 0
print('traced', flush=True)
time.sleep(60)`;
    const tracer = spawn('python3', ['-c', script, String(program.pid)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    others.push(tracer);
    await once(tracer.stdout, 'data');
    expectRefused(program, 'already-traced', new RegExp(`by python3 \\(pid ${String(tracer.pid)}\\)`));
  });

  it('also where only one of its threads is traced', { timeout: 60_000 }, async () => {
    const program = await started();
    // The one that Go makes first: others come and go.
    const [, thread] = readdirSync(`/proc/${program.pid}/task`, 'utf8').sort((a, b) => Number(a) - Number(b));
    const script = `
import ctypes, sys, time
assert ctypes.CDLL(None).ptrace(0x4206, int(sys.argv[1]), None, None) == 0
print('traced', flush=True)
time.sleep(60)`;
    const tracer = spawn('python3', ['-c', script, thread!], { stdio: ['ignore', 'pipe', 'inherit'] });
    others.push(tracer);
    await once(tracer.stdout, 'data');
    expectRefused(program, 'already-traced', /by python3/);
  });

  it('a program that is stopped', { timeout: 60_000 }, async () => {
    const program = await started();
    process.kill(program.pid, 'SIGSTOP');
    await pause(100);
    expectRefused(program, 'target-stopped', /is stopped/);
    process.kill(program.pid, 'SIGCONT');
    expect(await program.harm()).toBeUndefined();
  });

  it('to count by a key, which it does not look at', { timeout: 60_000 }, async () => {
    const program = await started();
    const top = ['top', '-p', String(program.pid), '--once', '--duration', '1s'];
    for (const key of ['"a"', 'a*'])
      expect(mapaudit(...top, '--key', key, '--probe', 'inline').error?.code).toBe('key-filter-needs-kernel');
    expect(program.remains()).toBeUndefined();
  });

  it('code that is not as in the file', { timeout: 60_000 }, async () => {
    const program = await started();
    const { address } = startCode();
    const tracee = new Tracee(program.pid);
    try {
      // Never executed after the start.
      tracee.write(address, Uint8Array.of(0x90));
      const { error } = inline(program.pid);
      expect(error?.code).toBe('foreign-code');
      expect(tracee.read(address, 1)).toEqual(Uint8Array.of(0x90));
    } finally {
      tracee.close();
    }
    expect(await program.harm()).toBeUndefined();
  });

  it('code that may be written to', { timeout: 60_000 }, async () => {
    process.env['RWX'] = '1';
    const program = await started();
    delete process.env['RWX'];
    expectRefused(program, 'unusual-mapping', /rwxp/);
    expect(await program.harm()).toBeUndefined();
  });

  it('beside the kernel probe, and the other way round', { timeout: 120_000 }, async () => {
    const program = await started();
    const first = spawn(process.execPath, [MAPAUDIT, 'trace', '-p', String(program.pid), '--probe', 'kernel', '--json', '--sample', '1/1000'], { stdio: ['ignore', 'pipe', 'inherit'] }); // prettier-ignore
    others.push(first);
    await once(first.stdout, 'data');
    const { error } = inline(program.pid);
    expect(error?.code).toBe('already-audited');
    expect(error?.message).toContain(String(first.pid));
    // Another kernel probe is in nobody's way.
    expect(mapaudit('trace', '-p', String(program.pid), '--op', 'delete', '--count', '5').status).toBe(0);
    first.kill('SIGINT');
    first.stdout.resume();
    await once(first, 'exit');
    expect(await program.harm()).toBeUndefined();

    await runChild(bundledChild(), [String(program.pid), 'attach']);
    const byPid = mapaudit('trace', '-p', String(program.pid), '--probe', 'kernel', '--duration', '1s');
    expect(byPid.error?.code).toBe('already-audited');
    const byFile = mapaudit('trace', '--exe', PATH, '--probe', 'kernel', '--duration', '1s');
    expect(byFile.error?.code).toBe('already-audited');
    expect(await program.harm()).toBeUndefined();

    const detached = mapaudit('detach', '-p', String(program.pid));
    expect(detached.said[0]).toMatchObject({ type: 'detached', found: true });
    expect(program.remains()).toBeUndefined();
    expect(mapaudit('detach', '-p', String(program.pid)).said[0]).toMatchObject({ found: false });
    expect(await program.harm()).toBeUndefined();
  });

  it('beside another inline probe', { timeout: 60_000 }, async () => {
    const program = await started();
    const first = spawn(process.execPath, [MAPAUDIT, 'trace', '-p', String(program.pid), '--probe', 'inline', '--json', '--sample', '1/1000'], { stdio: ['ignore', 'pipe', 'inherit'] }); // prettier-ignore
    others.push(first);
    await once(first.stdout, 'data');
    first.stdout.resume();
    const { error } = inline(program.pid);
    expect(error?.code).toBe('already-audited');
    expect(error?.message).toContain(String(first.pid));
    expect(mapaudit('detach', '-p', String(program.pid)).error?.code).toBe('already-audited');
    // Whatever sets uprobes: one of them could come to stand in the middle of a jump.
    const race = mapaudit('race', '-p', String(program.pid), '--probe', 'kernel', '--duration', '1s');
    expect(race.error?.code).toBe('already-audited');
    expect(race.error?.message).toContain(String(first.pid));
    first.kill('SIGINT');
    await once(first, 'exit');
    expect(program.remains()).toBeUndefined();
    expect(await program.harm()).toBeUndefined();
  });

  // Without any munmap the C library's threads end the program, with mapaudit or without.
  for (const [what, call, action, lowOnly] of [
    ['forbids memfd_create', 319, '0x00050001', false],
    ['would end it for memfd_create', 319, '0x80000000', false],
    ['forbids munmap, which only leaving needs', 11, '0x00050001', true],
  ] as const)
    it(`a seccomp filter that ${what}`, { timeout: 60_000 }, async () => {
      const program = await started(withSeccomp(call, action, lowOnly));
      expectRefused(program, 'seccomp', new RegExp(`system call ${call}`));
      expect(await program.harm()).toBeUndefined();
    });

  it('a seccomp filter that allows its calls, which it does not mind', { timeout: 60_000 }, async () => {
    const program = await started(withSeccomp(169, '0x00050001'));
    expect(inline(program.pid, '--count', '10').status).toBe(0);
    expect(await program.harm()).toBeUndefined();
    expect(program.remains()).toBeUndefined();
  });

  it('limits on files and on address space', { timeout: 60_000 }, async () => {
    const limited = ['sh', '-c', 'ulimit -f 100; exec "$@"', 'sh'];
    const byFile = await started(limited);
    const words = ['trace', '-p', String(byFile.pid), '--probe', 'inline', '--count', '10', '--json'];
    const ours = run([...limited, process.execPath, MAPAUDIT, ...words]);
    expect(ours.error?.code).toBe('memory-limit');
    expect(ours.error?.message).toMatch(/ulimit -f/);
    expect(byFile.remains()).toBeUndefined();
    // Its own is not in the way: it makes no file large.
    expect(inline(byFile.pid, '--count', '10').status).toBe(0);
    expect(await byFile.harm()).toBeUndefined();
    const bySpace = await started(['sh', '-c', 'ulimit -v 3000000; exec "$@"', 'sh']);
    expectRefused(bySpace, 'memory-limit', /ulimit -v/, '--ring', '64M');
    expect(await bySpace.harm()).toBeUndefined();
  });

  it('methods of sync.Map, and files', { timeout: 60_000 }, async () => {
    const program = await started();
    expectRefused(program, 'inline-impossible', /sync\.Map/, '--sync');
  });

  it('without the right to trace', { timeout: 60_000 }, async () => {
    const program = await started();
    const run = spawnSync(
      'setpriv',
      ['--bounding-set', '-sys_ptrace', '--inh-caps', '-sys_ptrace', process.execPath, MAPAUDIT, 'trace', '-p', String(program.pid), '--probe', 'inline', '--json', '--duration', '1s'], // prettier-ignore
      { encoding: 'utf8', timeout: 60_000 },
    );
    expect(run.stdout + run.stderr).toContain('missing-capability');
    expect(program.remains()).toBeUndefined();
    expect(await program.harm()).toBeUndefined();
  });
});
