import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type GoBinary, openGoBinary } from '../../src/go/go_binary.ts';
import { bufferSource } from '../../src/model/byte_source.ts';
import { type Build, buildGo } from '../support/go_build.ts';

/** A frame as the runtime tells it, and the return address that it was found by. */
export interface RuntimeFrame {
  readonly pc: number;
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

/** A type as reflect tells it. Other types are named by the addresses of their descriptors. */
export interface ReflectType {
  readonly address: number;
  readonly name: string;
  readonly kind: string;
  readonly size: number;
  readonly named: boolean;
  readonly key?: number;
  readonly elem?: number;
  readonly len?: number;
  readonly methods?: boolean;
  readonly fields?: readonly {
    readonly name: string;
    readonly type: number;
    readonly offset: number;
    readonly embedded: boolean;
  }[];
}

/** Where the first two keys and elements of a map were found in its bucket or group. */
export interface SlotPlaces {
  readonly map: number;
  readonly key: readonly [number, number];
  readonly elem: readonly [number, number];
}

/** What test/programs/facts says of itself. */
export interface Facts {
  readonly stacks: readonly (readonly RuntimeFrame[])[];
  readonly addresses: readonly RuntimeFrame[];
  readonly types: readonly ReflectType[];
  readonly slots: readonly SlotPlaces[];
}

/** A built program: as mapaudit reads its file, and what it says itself when it runs. */
export interface Told {
  readonly path: string;
  readonly binary: GoBinary;
  /** Run-time addresses less the file's. */
  readonly bias: number;
  readonly facts: Facts;
}

/** Runs the program; it is asked for every address of its code that is a multiple of `step` from the start. */
export function tellFacts(version: string, build: Build, step: number): Told {
  const path = buildGo('facts', version, build);
  const binary = openGoBinary(bufferSource(readFileSync(path), path));
  const { text, etext } = binary.moduleData;
  const main = binary.functionNamed('main.main')?.start ?? 0;
  const output = execFileSync(path, [`${text}-${etext}-${step}-${main}`], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const facts = JSON.parse(output) as Facts & { readonly main: number };
  return { path, binary, bias: facts.main - main, facts };
}
