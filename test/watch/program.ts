import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { addr } from '../../src/model/addr.ts';
import { pid as toPid, type Pid } from '../../src/model/ids.ts';
import type { Place } from '../../src/probe/watch/place.ts';

/** What the program says of one write. */
export interface Wrote {
  readonly line: number;
  readonly how: string;
  readonly tid: number;
  readonly goid: number;
  readonly value: number;
}

/** Where the program writes. */
export type Where = Readonly<Record<'cell' | 'pointer' | 'inlined' | 'stale' | 'block', string>>;

/** test/programs/watch, running. */
export class WatchedProgram {
  readonly pid: Pid;
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  #where: Where | undefined;

  private constructor(path: string) {
    this.child = spawn(path, [], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.pid = toPid(this.child.pid!);
    this.#reader = createInterface({ input: this.child.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  static async start(path: string): Promise<WatchedProgram> {
    const program = new WatchedProgram(path);
    program.#where = (await program.#answer()) as Where;
    return program;
  }

  get where(): Where {
    return this.#where!;
  }

  place(name: keyof Where, length: Place['length'] = 8): Place {
    return { address: addr(Number(this.where[name])), length, label: name };
  }

  /** Lets it write, and returns its ledger of that. */
  async write(command: string): Promise<readonly Wrote[]> {
    return ((await this.ask(command)) as Wrote[] | null) ?? [];
  }

  ask(command: string): Promise<unknown> {
    this.child.stdin!.write(`${command}\n`);
    return this.#answer();
  }

  close(): void {
    this.#reader.close();
    this.child.kill('SIGKILL');
  }

  async #answer(): Promise<unknown> {
    const line = await this.#lines.next();
    if (line.done === true) throw new Error('the program has ended');
    return JSON.parse(line.value);
  }
}
