import { MARK_BITS, MARK_MET } from '../../../model/record.ts';
import type { Assembler, Label } from '../asm/assembler.ts';
import { at } from '../asm/operand.ts';
import { P_RACE, RACE_AT, STATE } from '../race_layout.ts';
import { IN, LOOK, owner, type RaceCode, remember, spent, ticks, watch } from './race_parts.ts';

/** Partners of one wait that are told. */
const MET_MAX = 8;
/** One came in the upper half, one is inside in the lower half of the word at `WATCH.inside`. */
const ONE_CAME = 0x1_0000_0001n;

/** Whether an operation of another goroutine waits on this map now, one of the two a write: it stays until `leave`. */
export function meet(a: Assembler, { told }: RaceCode, alone: Label, none: Label, tell: Label): void {
  const [same, notOurs, many] = [a.label(), a.label(), a.label()];
  a.mov('RCX', watch('number'));
  a.testImm('RCX', 1, 1);
  a.jcc('e', alone);
  a.alu('cmp', watch('map'), LOOK.map);
  a.jcc('ne', alone);
  a.alu('cmp', watch('goid'), IN.goid);
  a.jcc('e', alone);
  a.mov('RDX', watch('write'));
  a.alu('or', 'RDX', LOOK.write);
  a.jcc('e', alone);
  a.movImm('RAX', ONE_CAME);
  a.lock();
  a.xadd(watch('inside'), 'RAX');
  // Nothing of it was the next one's, and it has seen that another is inside.
  a.alu('cmp', watch('number'), 'RCX');
  a.jcc('e', same);
  a.movImm('RAX', -ONE_CAME);
  a.lock();
  a.alu('add', watch('inside'), 'RAX');
  a.jmp(alone);
  a.bind(same);
  a.lock();
  a.inc(spent('met'));
  a.alu('cmp', owner('map'), LOOK.map);
  a.jcc('ne', notOurs);
  a.storeImm(owner('state'), STATE.told, 1);
  a.bind(notOurs);
  a.shift('shr', 'RAX', 32);
  a.alu('sub', 'RAX', watch('first'), 4);
  a.alu('cmp', 'RAX', MET_MAX, 4);
  a.jcc('ae', many);
  remember(a, told);
  a.storeImm(at(LOOK.p, P_RACE.met), 1, 4);
  a.shift('shl', 'RCX', MARK_BITS);
  a.alu('or', 'RCX', MARK_MET);
  a.jmp(tell);
  a.bind(many);
  sayLeft(a);
  a.jmp(none);
}

/** What takes long is over: from now on it is a matter of the operation alone. Uses RAX, RDX. */
function sayLeft(a: Assembler): void {
  ticks(a);
  a.mov(watch('metAt'), 'RAX');
  a.lock();
  a.alu('sub', watch('inside'), 1);
}

export function writeLeave(a: Assembler, { shared }: RaceCode): void {
  a.storeImm(at(LOOK.p, P_RACE.met), 0, 4);
  a.movImm(IN.race, shared + RACE_AT);
  a.mov('RSI', 'RAX');
  sayLeft(a);
  a.mov('RAX', 'RSI');
  a.ret();
}
