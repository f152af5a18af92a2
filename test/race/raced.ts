import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import type { Race, RaceLine } from '../../src/protocol/race.ts';
import type { Summary } from '../../src/protocol/summary.ts';
import { MAPAUDIT } from '../agent/support.ts';

/** What a run of `mapaudit race` on one program of test/programs/races gave. */
export interface Raced {
  /** Lines that make the race, as the program tells them: `racy_plain.go:12`. */
  readonly sides: readonly string[];
  readonly lines: readonly RaceLine[];
  readonly code: number | null;
  readonly said: string;
}

/** Starts the program, attaches, lets it go, and waits for the end of `mapaudit race`. */
export async function raced(
  program: string,
  name: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Promise<Raced> {
  const child = spawn(program, [...flags, name], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  try {
    const sides: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === 'ready') break;
      sides.push(line.replace('side ', ''));
    }
    const race = spawn(process.execPath, [MAPAUDIT, 'race', '-p', String(child.pid), '--json', ...args]);
    const done = once(race, 'close') as Promise<[number | null]>;
    let said = '';
    race.stderr.on('data', (text: Buffer) => (said += text.toString()));
    const lines: RaceLine[] = [];
    for await (const text of createInterface({ input: race.stdout })) {
      const line = JSON.parse(text) as RaceLine;
      lines.push(line);
      if (line.type === 'attached') child.stdin.write('go\n');
    }
    return { sides, lines, code: (await done)[0], said };
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

export const racesOf = ({ lines }: Raced): Race[] => lines.filter((line) => line.type === 'race');
export const summaryOf = ({ lines }: Raced): Summary =>
  lines.find((line): line is Summary => line.type === 'summary')!;

/** `racy_plain.go:12`, of each side. */
export const placesOf = ({ sides }: Race): string[] =>
  sides.map(({ caller }) => `${basename(caller?.file ?? '')}:${caller?.line ?? 0}`);

/** Runs jobs, so many at a time. */
export async function inTurns<T>(
  items: readonly T[],
  most: number,
  job: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await job(item);
  };
  await Promise.all(Array.from({ length: most }, worker));
}
