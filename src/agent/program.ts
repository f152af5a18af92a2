import type { Closable } from '../base/dispose.ts';
import { loadedImage } from '../binary/elf/image.ts';
import type { GoBinary } from '../go/go_binary.ts';
import { keyPlanOfMap, keyPlanOfValue } from '../go/types/key_plan.ts';
import type { TypeReader } from '../go/types/type_reader.ts';
import { type Addr, addr, type Bias, fileAddr, toAddr, toFileAddr } from '../model/addr.ts';
import type { ByteSource } from '../model/byte_source.ts';
import type { KeyPlan } from '../model/key_plan.ts';
import type { ProcessSymbols } from '../stream/symbols.ts';

/**
 * A Go binary where a process has it, or had: its functions, lines and types by run-time addresses. What lies in
 * the file needs no process, so that those that have gone are known as well as those that run.
 */
export class Program implements Closable, ProcessSymbols {
  readonly binary: GoBinary;
  readonly bias: Bias;
  readonly types: TypeReader;
  readonly #close: () => void;

  /** `memory` is the process's, while there is one. */
  constructor(binary: GoBinary, bias: Bias, memory: ByteSource | undefined, close: () => void) {
    this.binary = binary;
    this.bias = bias;
    this.types = binary.typeReader(typeSource(binary, bias, memory), bias);
    this.#close = close;
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
    return this.types.nameOf(addr(address));
  }

  /** Whether keys of this map type are plain strings. */
  hasTextKeys(mapType: number): boolean {
    const key = this.types.map(addr(mapType))?.key;
    return key !== undefined && this.types.head(key)?.kind === 'string';
  }

  /** How to fetch the keys of all map types that the binary has. Read from the file: nothing is asked of the process. */
  keyPlans(): KeyPlan[] {
    return this.binary.keyPlans().map((plan) => ({ ...plan, type: toAddr(fileAddr(plan.type), this.bias) }));
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

/**
 * Where file and memory have the same addresses, what the file has need not be asked of the process. Elsewhere
 * the process comes first, and the file when it has gone.
 */
function typeSource(binary: GoBinary, bias: Bias, memory: ByteSource | undefined): ByteSource {
  if (bias === 0)
    return {
      name: binary.elf.source.name,
      read: (at, length) => binary.read(fileAddr(at), length) ?? memory?.read(at, length),
    };
  const file = loadedImage(binary.elf, bias);
  if (memory === undefined) return file;
  return { name: memory.name, read: (at, length) => memory.read(at, length) ?? file.read(at, length) };
}
