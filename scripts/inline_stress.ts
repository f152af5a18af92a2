// npm run inline-stress -- [--cycles 10000] [--kills 1000] [--go 1.26.8] [--build default|pie|cgo] [--threads 0] [--seed 1]
// Attaches the inline probe to a program under load and takes it out again, so many times; then kills mapaudit at named
// steps and at random moments. The program must compute what it computes untouched, and the next attach must recover.
import { parseArgs } from 'node:util';
import {
  bundledChild,
  compareResults,
  killTest,
  LoadedProgram,
  pause,
  runChild,
} from '../test/inline/harm.ts';
import { randomFrom } from '../test/inline/random.ts';
import { BUILDS, type Build, buildGo } from '../test/support/go_build.ts';

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '1000' },
    go: { type: 'string', default: '1.26.8' },
    build: { type: 'string', default: 'default' },
    threads: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
});
const isBuild = (name: string): name is Build => name in BUILDS;
if (!isBuild(values.build)) throw new Error(`--build is one of ${Object.keys(BUILDS).join(', ')}`);

const path = buildGo('patched', values.go, values.build);
const HOURS_MS = 12 * 3600 * 1000;
const BATCH = 100;
const bad: string[] = [];
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
/** Told at once: what comes after it may take hours. */
const fail = (...lines: readonly string[]): void => {
  bad.push(...lines);
  for (const line of lines) say(`BAD: ${line}`);
};
const middle = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;
const shown = (us: number): string => `${(us / 1000).toFixed(2)} ms`;

async function cycles(count: number): Promise<void> {
  const program = new LoadedProgram(path, Number(values.threads));
  const still: number[] = [];
  try {
    await program.started();
    for (let done = 0; done < count && bad.length === 0; done += BATCH) {
      const batch = String(Math.min(BATCH, count - done));
      const words = [String(program.pid), 'cycles', batch, 'none'];
      const run = await runChild(bundledChild(), words, undefined, HOURS_MS);
      still.push(...(run.out?.still ?? []));
      if (run.code !== 0) fail(`cycles: ${run.complaint || String(run.signal)}`);
      const harm = (await program.harm()) ?? program.remains();
      if (harm !== undefined) fail(`cycles: ${harm}`);
    }
    still.sort((a, b) => a - b);
    const worst = still.at(-1) ?? 0;
    say(`${still.length} cycles; stood still ${shown(middle(still))} in the median, ${shown(worst)} at most`);
    await compare(program);
  } finally {
    program.stop();
  }
}

/** Beside a program that nobody has touched. */
async function compare(program: LoadedProgram): Promise<void> {
  const untouched = new LoadedProgram(path);
  try {
    await untouched.started();
    await pause(20_000);
    const equal = compareResults(program.results(), untouched.results());
    if (typeof equal === 'string') fail(`other results: ${equal}`);
    else say(`${equal} results equal to those of an untouched run`);
  } finally {
    untouched.stop();
  }
}

async function kills(count: number): Promise<void> {
  const result = await killTest(path, count, HOURS_MS / 1000, randomFrom(Number(values.seed)));
  const { harmed, notRecovered, notReached, at } = result;
  say(
    `${result.kills} kills (${notReached} came too late); harmed ${harmed.length}; not recovered ${notRecovered.length}`,
  );
  say(
    Object.entries(at)
      .map(([where, n]) => `  ${n} x ${where}`)
      .join('\n'),
  );
  fail(...harmed, ...notRecovered);
}

if (Number(values.cycles) > 0) await cycles(Number(values.cycles));
if (Number(values.kills) > 0) await kills(Number(values.kills));
process.exitCode = bad.length > 0 ? 1 : 0;
