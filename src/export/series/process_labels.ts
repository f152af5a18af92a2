import type { ServedProcess } from '../../model/feed.ts';
import type { ProcessRef } from '../../model/window.ts';
import { printable } from '../../protocol/text/printable.ts';
import { BoundedNames, OTHER } from './bounded.ts';
import type { Labels } from './family.ts';

/** Processes with series of their own, and pairs of a process and a type. */
const MOST_PROCESSES = 100;
const MOST_PAIRS = 1000;
/** Types of all other processes together: they stay, since their counters do. */
const MOST_OTHER_TYPES = 100;

/** All that does not have a name of its own. */
export const OTHER_PROCESS: Labels = { process: OTHER, pid: OTHER, container: '' };

/** Gives processes and types their labels, and no more of them than there may be. */
export class ProcessLabels {
  readonly #containers = new Map<string, string>();
  readonly #processes = new BoundedNames(MOST_PROCESSES);
  readonly #pairs = new BoundedNames(MOST_PAIRS);
  readonly #otherTypes = new BoundedNames(MOST_OTHER_TYPES);

  joined(process: ServedProcess): void {
    if (process.container !== undefined && this.#containers.size < 10 * MOST_PROCESSES)
      this.#containers.set(pidOf(process), printable(process.container));
  }

  /** Its series are to go; gives their labels, undefined where it had none of its own. */
  forget(process: ProcessRef): Labels | undefined {
    const labels = this.of(process);
    this.#containers.delete(pidOf(process));
    if (labels === OTHER_PROCESS) return undefined;
    const name = nameOf(labels);
    this.#processes.forget((one) => one === name);
    this.#pairs.forget((one) => one.startsWith(`${name}\0`));
    return labels;
  }

  of(process: ProcessRef): Labels {
    const labels = {
      process: printable(process.name),
      pid: String(process.pid),
      container: this.#containers.get(pidOf(process)) ?? '',
    };
    return this.#processes.has(nameOf(labels)) ? labels : OTHER_PROCESS;
  }

  ofType(process: ProcessRef, mapType: string | undefined): Labels {
    const labels = this.of(process);
    const type = mapType === undefined ? 'unknown' : printable(mapType);
    const hasOwn =
      labels === OTHER_PROCESS ? this.#otherTypes.has(type) : this.#pairs.has(`${nameOf(labels)}\0${type}`);
    return { ...labels, type: hasOwn ? type : OTHER };
  }

  /** How often each label's names did not suffice. */
  get refused(): { readonly process: number; readonly type: number } {
    return {
      process: this.#processes.refused,
      type: this.#pairs.refused + this.#otherTypes.refused,
    };
  }
}

const pidOf = ({ pid, started }: ProcessRef): string => `${pid}-${started ?? ''}`;

const nameOf = ({ process = '', pid = '', container = '' }: Labels): string =>
  `${process}\0${pid}\0${container}`;
