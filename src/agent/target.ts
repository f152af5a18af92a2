import type { Closable } from '../base/dispose.ts';
import { MapauditError } from '../base/errors.ts';
import { biasOf } from '../binary/elf/image.ts';
import { type Addr, addr, type Bias, fileAddr, toAddr, toFileAddr } from '../model/addr.ts';
import type { ByteSource } from '../model/byte_source.ts';
import type { Pid } from '../model/ids.ts';
import type { KeyPlan } from '../model/key_plan.ts';
import { type GoBinary, openGoBinary } from '../go/go_binary.ts';
import { keyPlanOfMap, keyPlanOfValue } from '../go/types/key_plan.ts';
import type { TypeReader } from '../go/types/type_reader.ts';
import { openFile } from '../sys/file_source.ts';
import { processMemory } from '../sys/process_memory.ts';
import { exeMappings } from '../sys/proc/mappings.ts';
import { execIdentity, type ProcessFacts, processFacts, stillRuns } from '../sys/proc/process.ts';
import type { ProcessSymbols } from '../stream/symbols.ts';

/** How a target has ended, if it has. */
export type TargetEnd = 'target-exited' | 'target-exec';

/** A Go process, opened for auditing: its binary, where that lies in memory, its types. */
export class Target implements Closable, ProcessSymbols {
  readonly facts: ProcessFacts;
  readonly binary: GoBinary;
  readonly bias: Bias;
  readonly memory: ByteSource;
  readonly types: TypeReader;
  readonly #inFile: TypeReader;
  readonly #exe: string | undefined;
  readonly #close: () => void;

  private constructor(
    facts: ProcessFacts,
    binary: GoBinary,
    bias: Bias,
    close: () => void,
    memory = processMemory(facts.pid),
  ) {
    this.facts = facts;
    this.binary = binary;
    this.bias = bias;
    this.memory = memory;
    this.types = binary.typeReader(bias === 0 ? fileFirst(binary, this.memory) : this.memory, bias);
    this.#inFile = binary.typeReader();
    this.#exe = execIdentity(facts.pid);
    this.#close = close;
  }

  /**
   * Opens a process. Errors: `no-such-process`, `no-permission`, `no-mapping`, and those of `openGoBinary`.
   * The binary is read through /proc/PID/exe: deleted, replaced, or in another mount namespace, it is the one that runs.
   */
  static open(pid: Pid): Target {
    const facts = processFacts(pid);
    if (facts === undefined) throw noSuchProcess(pid);
    const file = openExe(pid);
    try {
      const binary = openGoBinary({ name: facts.exe ?? file.name, read: (at, n) => file.read(at, n) });
      const bias = biasOf(binary.elf, mappingsOf(pid, file.inode, facts.exe));
      if (bias === undefined) throw noMapping(pid);
      return new Target(facts, binary, bias, () => file.close());
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** A process that has gone: what its binary tells. `text` is where its code lay. Errors: those of `openGoBinary`. */
  static gone(facts: ProcessFacts, path: string, text: Addr): Target {
    const file = openFile(path);
    try {
      const binary = openGoBinary(file);
      const bias = (text - binary.moduleData.text) as Bias;
      const nothing: ByteSource = { name: path, read: () => undefined };
      return new Target(facts, binary, bias, () => file.close(), nothing);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  get pid(): Pid {
    return this.facts.pid;
  }

  /** Undefined while it runs the program that was opened. */
  ended(): TargetEnd | undefined {
    if (!stillRuns(this.pid, this.facts.startTime)) return 'target-exited';
    const now = execIdentity(this.pid);
    // A process that is about to end has no file any more.
    if (now === undefined && this.#exe !== undefined) return 'target-exited';
    return now === this.#exe ? undefined : 'target-exec';
  }

  frames(pc: number): ReturnType<ProcessSymbols['frames']> {
    return this.binary.frames(toFileAddr(addr(pc), this.bias));
  }

  functionName(pc: number): string | undefined {
    return this.binary.functionAt(toFileAddr(addr(pc), this.bias))?.name;
  }

  /** Bytes from the stack pointer up to the return address; at a function's first instruction that is 0. */
  stackDepth(pc: number): number | undefined {
    return this.binary.stackDepth(toFileAddr(addr(pc), this.bias));
  }

  isFunctionStart(pc: number): boolean {
    const at = toFileAddr(addr(pc), this.bias);
    return this.binary.functionAt(at)?.start === at;
  }

  typeName(address: number): string | undefined {
    // The file knows it too when the process has gone meanwhile.
    return this.#inFile.nameOf(addr(address - this.bias)) ?? this.types.nameOf(addr(address));
  }

  /** Whether keys of this map type are plain strings. */
  hasTextKeys(mapType: number): boolean {
    const key = this.types.map(addr(mapType))?.key;
    return key !== undefined && this.types.head(key)?.kind === 'string';
  }

  /** How to fetch the keys of all map types that the binary has. Read from the file: nothing is asked of the process. */
  keyPlans(): KeyPlan[] {
    const inFile = this.binary.typeReader();
    return this.binary.mapTypes().flatMap((type) => {
      const plan = keyPlanOfMap(inFile, addr(type));
      return plan === undefined ? [] : { ...plan, type: toAddr(type, this.bias) };
    });
  }

  /** How to fetch keys of a type that was met on the way: a map type made at run time, or what an interface key held. */
  keyPlanOf(type: Addr): KeyPlan | undefined {
    return keyPlanOfMap(this.types, type) ?? keyPlanOfValue(this.types, type);
  }

  /** Bytes of the program's read-only image, which are the same now as at the hit. */
  readImage(address: number, length: number): Uint8Array | undefined {
    const at = toFileAddr(addr(address), this.bias);
    const { segments } = this.binary.elf;
    const constant = segments.some(
      (s) => !s.writable && at >= s.address && at + length <= s.address + s.fileSize,
    );
    return constant ? this.binary.elf.read(at, length) : undefined;
  }

  close(): void {
    this.#close();
  }
}

/** Where file and memory have the same addresses, what the file has need not be asked of the process. */
function fileFirst(binary: GoBinary, memory: ByteSource): ByteSource {
  return {
    name: memory.name,
    read: (at, length) => binary.read(fileAddr(at), length) ?? memory.read(at, length),
  };
}

function openExe(pid: Pid): ReturnType<typeof openFile> {
  try {
    return openFile(`/proc/${pid}/exe`);
  } catch (error) {
    if (error instanceof MapauditError && error.code === 'no-such-file') throw noSuchProcess(pid);
    throw error;
  }
}

function mappingsOf(pid: Pid, inode: number, exe: string | undefined): ReturnType<typeof exeMappings> {
  try {
    return exeMappings(pid, inode, exe);
  } catch (cause) {
    throw new MapauditError('no-permission', `the memory map of process ${pid} may not be read`, {
      hint: 'Run it with sudo; in a container it needs CAP_SYS_PTRACE.',
      cause,
    });
  }
}

export function noSuchProcess(pid: number): MapauditError {
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
