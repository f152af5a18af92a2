/**
 * How race watching does on the corpus of test/programs/races:
 * node --import tsx bench/races.ts [found|survival] [sleeping|busy] [--rounds N] [--probe kernel|inline|build] [--write]
 *
 * `found`: each program under `mapaudit race` and, built so, under -race: found or not, and after how long.
 * `survival`: runs of a racy program in turn untouched, with probes that hold nobody, and watched; how many have died
 * after two seconds. A watch must not hasten the crash. `sleeping` or `busy` names one kind of writers. `--probe build`: both built with the hook. `--write` keeps
 * what `survival` has seen in bench/results/survival.md.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RaceLine } from '../src/protocol/race.ts';
import { buildGo } from '../test/support/go_build.ts';
import { type Survival, writeSurvival } from './lib/survival.ts';
import { probed, valueOf } from '../test/race/probed.ts';

const MAPAUDIT = fileURLToPath(new URL('../bin/mapaudit', import.meta.url));
const args = process.argv.slice(2);
const rounds = Number(valueOf(args, '--rounds') ?? 20);
const { probe, program: plain } = probed(valueOf(args, '--probe'));
const parts = args.filter((arg) => ['found', 'survival'].includes(arg));
const wants = (part: string): boolean => parts.length === 0 || parts.includes(part);
const kinds = args.filter((arg) => ['sleeping', 'busy'].includes(arg));

interface Run {
  /** Milliseconds from the start of its goroutines to the first race that was told. */
  readonly foundMs: number | undefined;
  readonly diedMs: number | undefined;
}

/** One run of a program; `watch` are the arguments of `mapaudit race`, none where it is left alone. */
async function run(
  program: string,
  name: string,
  flags: readonly string[],
  watch: readonly string[],
  ms: number,
): Promise<Run> {
  // What was found is told when the watched program has ended, too.
  let told: Promise<unknown> = Promise.resolve();
  const child = spawn(program, [...flags, name], { stdio: ['pipe', 'pipe', 'pipe'] });
  let began = 0;
  let diedMs: number | undefined;
  let foundMs: number | undefined;
  const ended = once(child, 'exit').then(() => (diedMs = performance.now() - began));
  child.stderr.on('data', (text: Buffer) => {
    if (text.includes('DATA RACE')) foundMs ??= performance.now() - began;
  });
  for await (const line of createInterface({ input: child.stdout })) if (line === 'ready') break;
  const start = (): void => {
    began = performance.now();
    child.stdin.write('go\n');
  };
  if (watch.length === 0) start();
  else {
    const race = spawn(process.execPath, [
      MAPAUDIT,
      'race',
      '-p',
      String(child.pid),
      '--json',
      '--probe',
      probe,
      ...watch,
    ]);
    told = once(race, 'exit');
    const attached = new Promise<void>((resolve) => {
      createInterface({ input: race.stdout }).on('line', (text) => {
        const line = JSON.parse(text) as RaceLine;
        if (line.type === 'attached') resolve();
        if (line.type === 'race') foundMs ??= performance.now() - began;
      });
    });
    await attached;
    start();
  }
  const until = performance.now() + ms;
  while (
    performance.now() < until &&
    diedMs === undefined &&
    (flags.length > 0 || foundMs === undefined || ms <= 2000)
  )
    await sleep(5);
  const died = diedMs;
  child.kill('SIGKILL');
  await Promise.all([ended, told]);
  return { foundMs, diedMs: died };
}

/** Probes cost by being there: with a budget of nothing nobody is held. */
const ARMS: Readonly<Record<string, readonly string[]>> = {
  untouched: [],
  probed: ['--duration', '4s', '--budget', '0.001%'],
  watched: ['--duration', '4s'],
};
const SOON_MS = 100;

if (wants('survival')) {
  const results: Survival[] = [];
  for (const [label, flags] of [
    ['sleeping', []],
    ['busy', ['-busy']],
  ] as const) {
    if (kinds.length > 0 && !kinds.includes(label)) continue;
    for (const name of ['write-write', 'write-read', 'write-iterate']) {
      const died = { untouched: 0, probed: 0, watched: 0 };
      let [found, soon] = [0, 0];
      for (let i = 0; i < rounds; i++) {
        for (const [arm, watch] of Object.entries(ARMS)) {
          const { foundMs, diedMs } = await run(plain, name, flags, watch, 2000);
          if (diedMs !== undefined) died[arm as keyof typeof died]++;
          if (arm !== 'watched' || foundMs === undefined) continue;
          found++;
          if (diedMs !== undefined && diedMs - foundMs < SOON_MS) soon++;
        }
      }
      console.log(
        `${name} ${label}: died within 2 s ${died.untouched} of ${rounds} untouched, ${died.probed} with probes that hold nobody, ${died.watched} watched (found ${found}, of which ${soon} died within ${SOON_MS} ms)`,
      );
      results.push({ probe, program: name, writers: label, rounds, died, found, soon });
    }
  }
  if (args.includes('--write')) writeSurvival(results);
}

if (wants('found')) {
  const race = buildGo('races', '1.26.8', 'race');
  const names = execFileSync(plain, ['list'], { encoding: 'utf8' }).trim().split('\n');
  const text = (ms: number | undefined): string => (ms === undefined ? 'no' : `${Math.round(ms)} ms`);
  for (const line of names) {
    const [name = '', racy = 'right'] = line.split(' ');
    const watched = await run(plain, name, [], ['--budget', '5%', '--duration', '8s'], 8000);
    const detected = await run(race, name, [], [], 8000);
    console.log(`${name} (${racy}): mapaudit ${text(watched.foundMs)}, -race ${text(detected.foundMs)}`);
  }
}
