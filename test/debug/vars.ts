import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Target } from '../../src/agent/target.ts';
import { openDebugInfo } from '../../src/go/debug/debug_info.ts';
import type { Program } from '../../src/inspect/place/program.ts';
import type { Pid } from '../../src/model/ids.ts';
import { inflate } from '../../src/sys/inflate.ts';
import { type Build, buildGo } from '../support/go_build.ts';

/** What the program says of one of its variables; 0 and '' where it says nothing. */
export interface Said {
  readonly expr: string;
  readonly type: string;
  /** Where the variable is. */
  readonly addr: number;
  /** Where the descriptor of its type is. */
  readonly desc: number;
  /** For maps: where the header is. */
  readonly header?: number;
  readonly text?: string;
  /** The name of a local variable of a parked goroutine. */
  readonly local?: string;
}

/** The program vars while it runs, and what it said of itself. */
export interface Vars {
  readonly said: readonly Said[];
  readonly program: Program;
  readonly pid: Pid;
  stop(): void;
}

export async function startVars(version: string, build: Build): Promise<Vars> {
  const child = spawn(buildGo('vars', version, build), { stdio: ['pipe', 'pipe', 'ignore'] });
  const said = await listen(child);
  const target = Target.open(child.pid as Pid);
  const { binary, bias, memory, types } = target;
  const debug = build === 'stripped' ? undefined : openDebugInfo(binary, inflate, types, bias);
  const stop = (): void => {
    target.close();
    child.kill('SIGKILL');
  };
  return { said, pid: target.pid, program: { binary, bias, memory, types, debug }, stop };
}

async function listen(child: Pick<ChildProcessWithoutNullStreams, 'stdout'>): Promise<Said[]> {
  const said: Said[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Said;
    if (line.expr === 'ready') return said;
    said.push(line);
  }
  throw new Error('the program ended before it was ready');
}
