import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Heat, InspectedEntry, InspectedMap, InspectedSlots } from '../../src/protocol/inspect.ts';
import type { Summary } from '../../src/protocol/summary.ts';
import { mapaudit } from '../agent/support.ts';

/** What the program of test/programs/inspect says of one of its maps. */
export interface SaidMap {
  readonly name: string;
  /** Of the header. */
  readonly addr: number;
  readonly len: number;
}

/** test/programs/inspect, running. */
export interface InspectedProgram {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Where a map is, as `--address` wants it. */
  address(name: string): string;
  stop(): void;
}

export async function startInspected(binary: string, ...args: string[]): Promise<InspectedProgram> {
  const child = spawn(binary, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const said: SaidMap[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as SaidMap;
    if (line.name === 'ready') break;
    said.push(line);
  }
  return {
    pid: child.pid!,
    child,
    address: (name) => `0x${said.find((map) => map.name === name)!.addr.toString(16)}`,
    stop: () => child.kill('SIGKILL'),
  };
}

/** The lines of `mapaudit inspect --json`. */
export interface Answer {
  readonly map: InspectedMap;
  readonly entries: readonly InspectedEntry[];
  readonly slots: readonly InspectedSlots[];
  readonly heat: readonly Heat[];
  readonly summary: Summary;
  readonly lines: readonly { readonly type: string }[];
}

type Line = InspectedMap | InspectedEntry | InspectedSlots | Heat | Summary;

/** Runs `mapaudit inspect --json` to its end. */
export function inspected(program: InspectedProgram, ...args: string[]): Answer {
  const { code, out, err } = mapaudit('inspect', '-p', String(program.pid), '--json', ...args);
  if (code !== 0) throw new Error(err);
  return answerOf(out);
}

/** An answer from what was printed. */
export function answerOf(out: string): Answer {
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const of = <T extends Line['type']>(type: T): Extract<Line, { type: T }>[] =>
    lines.filter((line): line is Extract<Line, { type: T }> => line.type === type);
  const [map] = of('map');
  const last = lines.at(-1);
  if (lines[0] !== map || map === undefined || last?.type !== 'summary') throw new Error(out.slice(0, 500));
  return { map, entries: of('entry'), slots: of('slots'), heat: of('heat'), summary: last, lines };
}

/** Keys and values as texts, in the order of keys. */
export const texts = ({ entries }: Answer): Record<string, string> =>
  Object.fromEntries(entries.map(({ key, value }) => [key.text, value.text] as const).sort());
