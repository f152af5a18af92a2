// npm run inline-real -- [--seconds 600] [--program nats-server|caddy]
// nats-server and Caddy under load, with the inline probe coming, staying for some seconds, and going, again and again.
// What their clients check must hold all the time, and no trace may be left in the end. Ends with 1 where it does not.
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildMapaudit, mapaudit } from '../bench/lib/child.ts';
import { median } from '../bench/lib/numbers.ts';
import { type RealProgram, startCaddy, startNats } from '../test/real/programs.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, program: { type: 'string' } },
});
const PROGRAMS = { 'nats-server': startNats, caddy: startCaddy } as const;
/** What is asked of the inline probe, in turn. */
const RUNS: readonly (readonly string[])[] = [
  ['trace', '--json'],
  ['trace', '--json', '--stack=4', '--sample', '1/100'],
  ['top', '--json'],
];
/** Bytes at the ends of a trace in which its first and its last line are. */
const EDGE = 65536;
const STAYS = ['5s', '1s', '300ms'] as const;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Summary {
  readonly type: string;
  readonly events?: number;
  readonly lost?: number;
  readonly still_ms?: number;
}

interface Outcome {
  readonly bad: string[];
  readonly still: number[];
  readonly loads: number[];
  attached: number;
  events: number;
  lost: number;
}

/** One run of mapaudit after another, until the time is over. */
async function watch(program: RealProgram, until: number, outcome: Outcome): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-real-'));
  const file = join(folder, 'lines');
  for (let i = 0; Date.now() < until && outcome.bad.length === 0; i++) {
    const stay = STAYS[i % STAYS.length] ?? '1s';
    const words = RUNS[Math.floor(i / STAYS.length) % RUNS.length] ?? [];
    const where = words[0] === 'trace' ? ['-o', file] : [];
    const common = ['-p', String(program.pid), '--probe', 'inline', '--duration', stay];
    const tool = mapaudit([...words, ...common, ...where]);
    await tool.ended;
    if (tool.child.exitCode !== 0)
      outcome.bad.push(`mapaudit ended with ${String(tool.child.exitCode)}: ${tool.stderr.slice(-500)}`);
    note(where.length > 0 ? ends(file) : tool.stdout, outcome);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** The first and the last lines of a file that may be large. */
function ends(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(EDGE);
    const part = (at: number): string => bytes.toString('utf8', 0, readSync(file, bytes, 0, EDGE, at));
    return size <= EDGE ? part(0) : `${part(0)}\n${part(size - EDGE)}`;
  } finally {
    closeSync(file);
  }
}

function note(lines: string, outcome: Outcome): void {
  const whole = lines.split('\n').filter((one) => /^\{"type":"(attached|summary|snapshot)".*\}$/.test(one));
  const said = whole.map((line) => JSON.parse(line) as Summary);
  const still = said.find(({ type }) => type === 'attached')?.still_ms;
  if (still !== undefined) outcome.still.push(still);
  const last = said.findLast(({ type }) => type !== 'attached');
  outcome.events += last?.events ?? 0;
  outcome.lost += last?.lost ?? 0;
  outcome.attached++;
}

/** The clients' work, over and over. */
async function work(program: RealProgram, until: number, outcome: Outcome): Promise<void> {
  while (Date.now() < until && outcome.bad.length === 0) {
    const began = performance.now();
    try {
      await program.load();
      outcome.loads.push(performance.now() - began);
    } catch (error) {
      outcome.bad.push(`its clients: ${String(error)}`);
    }
  }
}

/** The program has not ended, and nothing of mapaudit is in it. */
function remains({ pid }: RealProgram): string | undefined {
  if (!existsSync(`/proc/${pid}/exe`)) return 'it has ended';
  return readFileSync(`/proc/${pid}/maps`, 'utf8').includes('memfd:mapaudit') ? 'memory is left' : undefined;
}

async function prove(start: () => Promise<RealProgram>, seconds: number): Promise<string[]> {
  const program = await start();
  const outcome: Outcome = { bad: [], still: [], loads: [], attached: 0, events: 0, lost: 0 };
  try {
    const began = performance.now();
    await program.load();
    const alone = performance.now() - began;
    const until = Date.now() + seconds * 1000;
    await Promise.all([watch(program, until, outcome), work(program, until, outcome)]);
    const left = remains(program);
    if (left !== undefined) outcome.bad.push(left);
    const { attached, events, lost, still, loads } = outcome;
    say(
      `${program.name}: ${seconds} s, ${loads.length} loads (${median(loads).toFixed(0)} ms in the median, ${alone.toFixed(0)} ms alone); ` +
        `attached ${attached} times, ${events.toLocaleString('en')} operations, ${lost.toLocaleString('en')} lost; ` +
        `stood still ${median(still).toFixed(2)} ms in the median, ${Math.max(...still).toFixed(2)} at most`,
    );
    return outcome.bad.map((one) => `${program.name}: ${one}`);
  } finally {
    program.stop();
  }
}

buildMapaudit();
const bad: string[] = [];
for (const [name, start] of Object.entries(PROGRAMS))
  if (values.program === undefined || values.program === name)
    bad.push(...(await prove(start, Number(values.seconds))));
bad.forEach(say);
process.exitCode = bad.length > 0 ? 1 : 0;
