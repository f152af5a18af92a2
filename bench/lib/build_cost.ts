import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { HEADER, MODE } from '../../src/probe/build/layout.ts';
import { CACHE, type HotOp, ROOT } from './hot.ts';
import { median, sleep } from './numbers.ts';
import type { Report } from './report.ts';

/** What the hook is told to do, by its own words; without `mode` it is not there at all. */
interface Scenario {
  readonly name: string;
  readonly mode?: number;
  readonly frames?: number;
  readonly goal?: number;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'untouched' },
  { name: 'build, off', mode: 0, goal: 1 },
  { name: 'build, counted', mode: MODE.counts, goal: 4 },
  { name: 'build, event with key', mode: MODE.events | MODE.overwrite, goal: 20 },
  { name: '… and its end', mode: MODE.events | MODE.overwrite | MODE.exits },
  { name: '… and 4 frames', mode: MODE.events | MODE.overwrite | MODE.exits, frames: 4 },
];

const OPS: readonly HotOp[] = ['access', 'delete', 'assign'];
const SETTLE_MS = 150;

/**
 * What the hook costs an operation. The program is its own recorder, so that no reader shares its processors: the
 * rings are written to as for a reader, and overwritten.
 */
export async function reportBuild(
  report: Report,
  plain: string,
  rounds: number,
  windowMs: number,
): Promise<void> {
  const hooked = buildHookedHot();
  report.section(
    'The build hook',
    'Nanoseconds an operation, more than untouched in brackets; by the clock of the program itself: of each round the 5th percentile of windows of 2 ms, and of interleaved rounds the median.',
  );
  for (const threads of [1, 2]) {
    const rows = new Map(SCENARIOS.map(({ name }) => [name, [name]]));
    for (const op of OPS) {
      const times = await measure({ plain, hooked, op, threads, rounds, windowMs });
      const base = median(times.get('untouched') ?? []);
      for (const { name, goal } of SCENARIOS) {
        const all = times.get(name) ?? [];
        const added = median(all.map((time, round) => time - (times.get('untouched')?.[round] ?? NaN)));
        const shown =
          name === 'untouched' ? base.toFixed(1) : `${median(all).toFixed(1)} (+${added.toFixed(1)})`;
        rows.get(name)?.push(shown);
        if (goal !== undefined && threads === 1)
          report.goal({ name: `${name}, ${op}`, measured: added, most: goal, unit: ' ns' });
      }
    }
    report.table([`${threads} thread${threads === 1 ? '' : 's'}`, ...OPS], [...rows.values()]);
  }
}

interface Setting {
  readonly plain: string;
  readonly hooked: string;
  readonly op: HotOp;
  readonly threads: number;
  readonly rounds: number;
  readonly windowMs: number;
}

async function measure(setting: Setting): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(SCENARIOS.map(({ name }) => [name, []]));
  for (let round = 0; round < setting.rounds; round++)
    for (const scenario of SCENARIOS) times.get(scenario.name)?.push(await once(scenario, setting));
  return times;
}

async function once(
  { mode, frames }: Scenario,
  { plain, hooked, op, threads, windowMs }: Setting,
): Promise<number> {
  const env = mode === undefined ? process.env : { ...process.env, MAPAUDIT: 'record=last:4096' };
  const args = ['-op', op, '-g', String(threads), '-window', '2ms'];
  const child = spawn(mode === undefined ? plain : hooked, args, {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const path = `/dev/shm/mapaudit.${child.pid ?? 0}`;
  try {
    if (mode !== undefined) {
      await tell(path, mode, frames ?? 0);
      child.kill('SIGURG');
    }
    await sleep(SETTLE_MS);
    return undisturbed(await windowsOf(child, windowMs));
  } finally {
    child.kill('SIGKILL');
    rmSync(path, { force: true });
  }
}

/** Windows of 2 ms in which nobody else had the processor: what others take is not the hook's. */
const undisturbed = (windows: readonly number[]): number =>
  [...windows].sort((a, b) => a - b)[Math.floor(windows.length / 20)] ?? NaN;

async function windowsOf(child: ChildProcess, windowMs: number): Promise<number[]> {
  let text = '';
  const take = (data: Buffer): void => void (text += data.toString());
  child.stdout?.on('data', take);
  await sleep(windowMs);
  child.stdout?.off('data', take);
  return text
    .split('\n')
    .slice(3, -1)
    .map((line) => Number(line.split(' ')[1]));
}

/** Sets the words of the header that a reader would set. */
export async function tell(path: string, mode: number, frames: number): Promise<void> {
  while (!existsSync(path) || word(path, HEADER.mode) === 0) await sleep(5);
  word(path, HEADER.frames, frames);
  word(path, HEADER.mode, mode);
}

function word(path: string, at: number, value?: number): number {
  const fd = openSync(path, 'r+');
  const bytes = Buffer.alloc(4);
  if (value === undefined) readSync(fd, bytes, 0, 4, at);
  else {
    bytes.writeUInt32LE(value);
    writeSync(fd, bytes, 0, 4, at);
  }
  closeSync(fd);
  return bytes.readUInt32LE();
}

/** The target program, built with the hook. */
export function buildHookedHot(): string {
  const out = join(CACHE, 'hot.hooked');
  const cwd = join(ROOT, 'test', 'programs', 'hot');
  execFileSync(process.execPath, [join(ROOT, 'bin', 'mapaudit'), 'go', 'build', '-o', out, '.'], { cwd });
  return out;
}
