import { decodeX86, type Instruction } from '../../binary/x86/instruction.ts';
import type { FileAddr } from '../../model/addr.ts';
import type { CodeFunction, CodeView } from './code_view.ts';

/** A map function is a few hundred bytes; anything near this is not one. */
const MAX_CODE = 1 << 16;

const FATAL = new Set(['runtime.fatal', 'runtime.throw', 'internal/runtime/maps.fatal']);
const MESSAGE = 'concurrent map writes';
const MAX_STEPS = 16;

/** The code of a binary's functions, each decoded once. */
export class FunctionCode {
  readonly #view: CodeView;
  readonly #decoded = new Map<FileAddr, readonly Instruction[]>();

  constructor(view: CodeView) {
    this.#view = view;
  }

  of(f: CodeFunction): readonly Instruction[] {
    const known = this.#decoded.get(f.start);
    if (known !== undefined) return known;
    const tooLong = f.end - f.start > MAX_CODE;
    const code = tooLong ? [] : decodeX86(this.#view.readCode(f), f.start);
    this.#decoded.set(f.start, code);
    return code;
  }

  /** Whether the function calls another directly. */
  calls(f: CodeFunction, name: string): boolean {
    const target = this.#view.functionNamed(name)?.start;
    return target !== undefined && this.of(f).some((i) => i.flow === 'call' && i.target === target);
  }

  /** Whether what begins at an address of the function can only end in fatal("concurrent map writes"). */
  isFatal(f: CodeFunction, address: FileAddr): boolean {
    const code = this.of(f);
    let index = code.findIndex((i) => i.address === address);
    let message = false;
    for (let step = 0; step < MAX_STEPS; step++) {
      const i = code[index];
      if (i === undefined || i.flow === 'branch' || i.flow === 'return' || i.flow === 'indirect')
        return false;
      message ||= this.#isMessage(i);
      if (i.flow === 'call') return message && this.#isFatalCall(i);
      index = i.flow === 'jump' ? code.findIndex((j) => j.address === i.target) : index + 1;
    }
    return false;
  }

  #isFatalCall({ target }: Instruction): boolean {
    return target !== undefined && FATAL.has(this.#view.functionAt(target)?.name ?? '');
  }

  #isMessage({ mnemonic, memory }: Instruction): boolean {
    if (mnemonic !== 'lea' || memory?.ripRelative !== true) return false;
    const text = this.#view.read(memory.displacement as FileAddr, MESSAGE.length);
    return text !== undefined && String.fromCharCode(...text) === MESSAGE;
  }
}
