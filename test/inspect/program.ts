import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Target } from '../../src/agent/target.ts';
import { type Addr, addr } from '../../src/model/addr.ts';
import { pid } from '../../src/model/ids.ts';

/** A map as the program wrote it down. */
export interface LedgerMap {
  /** `string/int64, filled 14` */
  readonly name: string;
  readonly address: Addr;
  readonly type: Addr;
  /** Go syntax of each key, and of its element. */
  readonly entries: ReadonlyMap<string, string>;
}

/** A map that is written to all the time; keys below `fixed` are left alone. */
export interface LiveMap {
  readonly address: Addr;
  readonly type: Addr;
  readonly fixed: number;
}

/** The running program of test/programs/maps. */
export interface MapsProgram {
  readonly target: Target;
  readonly maps: readonly LedgerMap[];
  readonly live: readonly LiveMap[];
  stop(): void;
}

/** Starts the program and waits until its maps are made. */
export function startMaps(binary: string, ...args: string[]): Promise<MapsProgram> {
  return startMapsIn({}, binary, ...args);
}

/** The same in a folder and an environment. */
export async function startMapsIn(
  how: Pick<SpawnOptions, 'cwd' | 'env'>,
  binary: string,
  ...args: string[]
): Promise<MapsProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'mapaudit-maps-'));
  const ledger = join(folder, 'ledger.tsv');
  const child = spawn(binary, ['-out', ledger, ...args], { ...how, stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    const live = await untilReady(child);
    const target = Target.open(pid(child.pid ?? 0));
    return {
      target,
      maps: parse(readFileSync(ledger, 'utf8')),
      live,
      stop: () => {
        target.close();
        child.kill('SIGKILL');
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilReady(child: ChildProcess): Promise<LiveMap[]> {
  const live: LiveMap[] = [];
  if (child.stdout === null) return live;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, address, type, fixed] = line.split('\t');
    if (word === 'ready') break;
    if (word === 'live')
      live.push({ address: addr(Number(address)), type: addr(Number(type)), fixed: Number(fixed) });
  }
  return live;
}

function parse(text: string): LedgerMap[] {
  const maps: LedgerMap[] = [];
  let entries = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [word, first = '', second = '', state = '', address, type] = line.split('\t');
    if (word === 'map') {
      entries = new Map();
      const name = `${first}/${second}, ${state}`;
      maps.push({ name, address: addr(Number(address)), type: addr(Number(type)), entries });
    } else if (word === 'entry') entries.set(first, second);
  }
  return maps;
}
