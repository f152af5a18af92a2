import { isMapauditError, MapauditError } from '../base/errors.ts';
import { biasOf } from '../binary/elf/image.ts';
import type { Bias } from '../model/addr.ts';
import type { ByteSource } from '../model/byte_source.ts';
import type { Pid } from '../model/ids.ts';
import type { GoBinary } from '../go/go_binary.ts';
import { tracingRefused } from '../probe/kernel/requirements.ts';
import { openFile } from '../sys/file_source.ts';
import { processMemory } from '../sys/process_memory.ts';
import { exeMappings } from '../sys/proc/mappings.ts';
import { execIdentity, exeIdentity, lifeOf, type ProcessFacts, processFacts } from '../sys/proc/process.ts';
import { pause } from '../sys/pause.ts';
import { startedMs } from '../sys/proc/started.ts';
import { processOfThread } from '../sys/proc/status.ts';
import { Program } from './program.ts';
import { SharedBinaries } from './shared_binaries.ts';

/** How a target has ended, if it has. */
export type TargetEnd = 'target-exited' | 'target-exec';

/** How long an end may be under way: the kernel gives the memory of large programs back meanwhile. */
const LONGEST_END_MS = 1000;

/** A Go process, opened for auditing: its binary, where that lies in memory, its types. */
export class Target extends Program {
  readonly facts: ProcessFacts;
  readonly memory: ByteSource;
  /**
   * When it began to run its program, Unix milliseconds: the process's beginning, which the kernel knows, or the exec that
   * was seen. Together with the pid it names what runs there.
   */
  readonly began: number;
  readonly #exe: string | undefined;

  private constructor(
    facts: ProcessFacts,
    binary: GoBinary,
    bias: Bias,
    close: () => void,
    began = startedMs(facts.startTime),
  ) {
    const memory = processMemory(facts.pid);
    super(binary, bias, memory, close);
    this.facts = facts;
    this.memory = memory;
    this.began = began;
    this.#exe = execIdentity(facts.pid);
  }

  /**
   * Opens a process. Errors: `no-such-process`, `no-permission`, `no-mapping`, and those of `openGoBinary`.
   * The binary is read through /proc/PID/exe: deleted, replaced, or in another mount namespace, it is the one that runs.
   * `began`: see there; absent, it is taken to run what it began with. `binaries`: those that are open already.
   */
  static open(pid: Pid, began?: number, binaries = new SharedBinaries()): Target {
    const facts = processFacts(pid);
    if (facts === undefined || isThread(pid)) throw noSuchProcess(pid);
    const file = openExe(pid);
    const held = binaries.hold(file, facts.exe ?? file.name);
    try {
      const bias = biasOf(held.binary.elf, mappingsOf(pid, file.inode, facts.exe));
      if (bias === undefined) throw noMapping(pid);
      return new Target(facts, held.binary, bias, () => held.close(), began);
    } catch (error) {
      held.close();
      throw error;
    }
  }

  /**
   * A process that runs a binary which is open already; undefined when it does not, or has gone. `bias` is what
   * its hits told of it.
   */
  static running(pid: Pid, { binary, identity }: OpenedBinary, bias: Bias | undefined): Target | undefined {
    const facts = processFacts(pid);
    if (facts === undefined || exeIdentity(pid) !== identity) return undefined;
    const inode = Number(identity.split(':')[1]);
    const found = bias ?? biasOf(binary.elf, mappingsOf(pid, inode, facts.exe));
    return found === undefined ? undefined : new Target(facts, binary, found, () => undefined);
  }

  get pid(): Pid {
    return this.facts.pid;
  }

  /**
   * Undefined while it runs the program that was opened. With `wait`, an end or an exec that is under way is waited
   * for, a second at most: for whoever could not read its memory, which goes before its last thread.
   */
  ended(wait?: 'wait'): TargetEnd | undefined {
    if (wait !== undefined) this.#waitWhileChanging();
    const before = execIdentity(this.pid);
    const life = lifeOf(this.pid, this.facts.startTime);
    if (life === 'gone') return 'target-exited';
    if (life === 'changing') return undefined;
    // One that runs and has no file is about to end, or had none in the middle of an exec.
    const now = before ?? execIdentity(this.pid);
    if (now === undefined && this.#exe !== undefined) return 'target-exited';
    return now === this.#exe ? undefined : 'target-exec';
  }

  #waitWhileChanging(): void {
    for (let ms = 0; ms < LONGEST_END_MS; ms++) {
      if (lifeOf(this.pid, this.facts.startTime) !== 'changing') return;
      pause();
    }
  }
}

/** A binary as it lies on disk, and which file that is: device and inode. */
export interface OpenedBinary {
  readonly binary: GoBinary;
  readonly identity: string;
}

function openExe(pid: Pid): ReturnType<typeof openFile> {
  try {
    return openFile(`/proc/${pid}/exe`);
  } catch (error) {
    if (isMapauditError(error, 'no-such-file')) throw noSuchProcess(pid);
    if (isMapauditError(error, 'no-permission')) throw tracingRefused(pid, `/proc/${pid}/exe`, error);
    throw error;
  }
}

function mappingsOf(pid: Pid, inode: number, exe: string | undefined): ReturnType<typeof exeMappings> {
  try {
    return exeMappings(pid, inode, exe);
  } catch (cause) {
    throw tracingRefused(pid, `/proc/${pid}/maps`, cause);
  }
}

/** /proc has threads too, under numbers of theirs that no listing shows. */
function isThread(pid: number): boolean {
  const owner = processOfThread(pid);
  return owner !== undefined && owner !== pid;
}

export function noSuchProcess(pid: number): MapauditError {
  const owner = processOfThread(pid);
  if (owner !== undefined && isThread(pid))
    return new MapauditError('no-such-process', `${pid} is a thread of process ${owner}`, {
      hint: `Give the process: -p ${owner}.`,
      fields: { pid, process: owner },
    });
  return new MapauditError('no-such-process', `there is no process ${pid}`, {
    hint: 'mapaudit ps lists the Go processes that run now.',
    fields: { pid },
  });
}

function noMapping(pid: number): MapauditError {
  return new MapauditError('no-mapping', `process ${pid} does not map its own binary as expected`, {
    hint: 'Packed or self-modifying programs cannot be audited.',
    fields: { pid },
  });
}
