import { view } from '../../binary/elf/bounded_reader.ts';
import { type GoroutineFields, goroutineFields } from '../../go/versions/goroutine_fields.ts';
import { type Addr, addr } from '../../model/addr.ts';
import type { Program } from '../place/program.ts';
import { findAllgs } from './allgs.ts';

/** A goroutine that does not run: its registers are in memory. */
export interface ParkedGoroutine {
  readonly goid: number;
  /** Address of its runtime.g. */
  readonly g: Addr;
  /** Where it goes on: a return address, or the entry of a function that has not begun. */
  readonly pc: Addr;
  readonly sp: Addr;
  readonly stackLo: Addr;
  readonly stackHi: Addr;
}

/** More than a program has; a slice that claims more was torn. */
const MAX_GOROUTINES = 10_000_000;
/** go1.18–1.27 src/runtime/runtime2.go, _Grunnable and so on. */
const STATUS = { runnable: 1, syscall: 3, waiting: 4, preempted: 9 } as const;
/** Set while the garbage collector looks at the stack. */
const SCAN = 0x1000;

/** The goroutines that do not run at this moment. Empty when the list of all goroutines cannot be found. */
export function* parkedGoroutines(program: Program): Generator<ParkedGoroutine> {
  const place = findAllgs(program);
  const header = place === undefined ? undefined : program.memory.read(place, 16);
  if (header === undefined) return;
  const data = Number(view(header).getBigUint64(0, true));
  const length = Number(view(header).getBigUint64(8, true));
  const list = length > MAX_GOROUTINES ? undefined : program.memory.read(data, length * 8);
  if (list === undefined) return;
  const words = view(list.slice());
  for (let i = 0; i < length; i++) {
    const parked = parkedGoroutine(program, addr(Number(words.getBigUint64(i * 8, true))));
    if (parked !== undefined) yield parked;
  }
}

/** The goroutine of a runtime.g; undefined while it runs, and when it is dead. */
export function parkedGoroutine(program: Program, g: Addr): ParkedGoroutine | undefined {
  const fields = goroutineFields(program.binary.version);
  const bytes = program.memory.read(g, fields.size);
  if (bytes === undefined) return undefined;
  const words = view(bytes);
  const at = (offset: number): Addr => addr(Number(words.getBigUint64(offset, true)));
  const resume = resumeAt(words.getUint32(fields.status, true) & ~SCAN, fields);
  if (resume === undefined) return undefined;
  const [stackLo, stackHi] = [at(fields.stackLo), at(fields.stackHi)];
  const [sp, pc] = [at(resume.sp), at(resume.pc)];
  if (sp < stackLo || sp >= stackHi || pc === 0) return undefined;
  return { goid: at(fields.goid), g, pc, sp, stackLo, stackHi };
}

function resumeAt(status: number, fields: GoroutineFields): { sp: number; pc: number } | undefined {
  if (status === STATUS.syscall) return { sp: fields.syscallSp, pc: fields.syscallPc };
  const parked: readonly number[] = [STATUS.runnable, STATUS.waiting, STATUS.preempted];
  return parked.includes(status) ? { sp: fields.schedSp, pc: fields.schedPc } : undefined;
}
