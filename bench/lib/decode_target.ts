import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Target } from '../../src/agent/target.ts';
import { type Addr, addr } from '../../src/model/addr.ts';
import { pid } from '../../src/model/ids.ts';
import { buildGo } from '../../test/support/go_build.ts';

/** A Go program with a large map and a small one, both map[int64]int64. */
export class DecodeTarget {
  readonly target: Target;
  readonly large: Addr;
  readonly small: Addr;
  readonly type: Addr;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, null>,
    lines: AsyncIterator<string>,
    [large = 0, small = 0, type = 0]: readonly number[],
  ) {
    this.#child = child;
    this.#lines = lines;
    this.target = Target.open(pid(child.pid ?? 0));
    this.large = addr(large);
    this.small = addr(small);
    this.type = addr(type);
  }

  static async start(go: string, large: number, small: number): Promise<DecodeTarget> {
    const args = ['-large', String(large), '-small', String(small)];
    const child = spawn(buildGo('decode', go), args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const reader: Interface = createInterface({ input: child.stdout });
    const lines = reader[Symbol.asyncIterator]();
    const { value } = (await lines.next()) as { value: string };
    return new DecodeTarget(child, lines, value.split(' ').slice(1).map(Number));
  }

  /** The longest time in milliseconds for which the program did not run, since it was asked last. */
  async longestPause(): Promise<number> {
    this.#child.stdin.write('\n');
    const { value } = (await this.#lines.next()) as { value: string };
    return Number(value) / 1e6;
  }

  stop(): void {
    this.target.close();
    this.#child.kill('SIGKILL');
  }
}
