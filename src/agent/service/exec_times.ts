import type { Pid } from '../../model/ids.ts';
import { lifeOf, type ProcessFacts } from '../../sys/proc/process.ts';

interface Exec {
  /** Of the process, as `ProcessFacts` has it. */
  readonly startTime: string;
  readonly at: number;
}

/** When processes were last seen to become another program: the kernel keeps no time of an exec. */
export class ExecTimes {
  readonly #execs = new Map<Pid, Exec>();

  /** `at`: Unix milliseconds. */
  seen({ facts: { pid, startTime } }: { readonly facts: ProcessFacts }, at: number): void {
    for (const [other, exec] of this.#execs)
      if (lifeOf(other, exec.startTime) === 'gone') this.#execs.delete(other);
    this.#execs.set(pid, { startTime, at });
  }

  /** Undefined of one that was never seen to. */
  of(pid: Pid): number | undefined {
    const exec = this.#execs.get(pid);
    return exec === undefined || lifeOf(pid, exec.startTime) === 'gone' ? undefined : exec.at;
  }
}
