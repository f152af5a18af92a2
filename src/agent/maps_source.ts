import { uptime } from 'node:os';
import { basename } from 'node:path';
import type { Closable } from '../base/dispose.ts';
import type { Program } from '../inspect/place/program.ts';
import type { MapsReport } from '../protocol/maps.ts';
import type { CoreTarget } from './core_target.ts';
import { programOf } from './program_of.ts';
import type { Target } from './target.ts';

/** A program whose maps are looked for: a process, or a core dump of one. */
export interface MapsSource extends Closable {
  readonly program: Program;
  /** Undefined for a core that does not tell. */
  readonly pid: number | undefined;
  /** The process is gone, or has become another program. */
  readonly ended: () => boolean;
  /** What the report says of it. */
  readonly told: () => Pick<MapsReport, 'pid' | 'name' | 'age_ms' | 'core'>;
}

/** proc(5): /proc/PID/stat counts in ticks of sysconf(_SC_CLK_TCK), which is 100 on all that Go runs on. */
const TICK_MS = 10;

/** A running process, which is closed when it cannot be looked into. */
export function processSource(target: Target): MapsSource {
  const { pid, facts } = target;
  const told = (): ReturnType<MapsSource['told']> => {
    const ageMs = uptime() * 1000 - Number(facts.startTime) * TICK_MS;
    return { pid, name: facts.name, ...(ageMs >= 0 ? { age_ms: Math.round(ageMs) } : {}) };
  };
  const ended = (): boolean => target.ended() !== undefined;
  try {
    return { program: programOf(target), pid, told, ended, close: () => target.close() };
  } catch (error) {
    target.close();
    throw error;
  }
}

/** A core dump. */
export function coreSource(target: CoreTarget): MapsSource {
  const { program, exe } = target;
  const pid = program.core.process?.pid;
  const core = { file: program.core.source.name, exe };
  const told = { ...(pid === undefined ? {} : { pid }), name: basename(exe), core };
  return { program, pid, told: () => told, ended: () => false, close: () => target.close() };
}
