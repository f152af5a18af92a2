import { MARK_BITS, MARK_MET, MARK_SHARED, MARK_WRITING } from '../../../model/record.ts';
import { MOVES } from '../../shared/race_rules.ts';
import type { Assembler, Label } from '../asm/assembler.ts';
import { at, indexed } from '../asm/operand.ts';
import { P } from '../layout.ts';
import { P_RACE, RACE_AT, STATE, TYPES } from '../race_layout.ts';
import {
  asked,
  IN,
  LOOK,
  owner,
  type RaceCode,
  remember,
  spent,
  ticks,
  toldRow,
  watch,
} from './race_parts.ts';
import { writeWait } from './race_wait.ts';

/** Code that all sites call. Addresses. */
export interface RaceRoutines {
  /**
   * What this operation is to the others on its map. EDX gets the record's mark, 0 for none; it is in `P_RACE.mark`,
   * too. Takes the registers of `LOOK`; uses RDX, RSI, R9.
   */
  readonly look: number;
  /** After a record with MARK_MET, written or not. Uses RDX, RSI, R9. */
  readonly leave: number;
}

const SAVED = ['RAX', 'RBX', 'RCX', 'RDI'] as const;
/** Numerical Recipes' generator of 64 bits: only its upper half is used. */
const RANDOM = { factor: 6364136223846793005n, add: 1442695040888963407n } as const;
/** Partners of one wait that are told. */
const MET_MAX = 8;
/** Records of each kind that one map gets; what comes after says nothing new. */
const SHARED_MAX = 8;
const WRITING_MAX = 4;
/** 16 watches in vain make a map wait for another gap, up to three. */
const TIRED_SHIFT = 4;
const TIRED_MAX = 3;
/** Between two looks at the clock a map has up to so many operations. */
const PAUSE_MAX = 63;
/** One came in the upper half, one is inside in the lower half of the word at `WATCH.inside`. */
const ONE_CAME = 0x1_0000_0001n;

export function writeRaceRoutines(a: Assembler, config: RaceCode): RaceRoutines {
  a.align(64);
  const look = a.here;
  writeLook(a, config);
  a.align(16);
  const leave = a.here;
  writeLeave(a, config);
  return { look, leave };
}

/** The same decisions, in the same order, as bpf/race.bpf.c, on_race. */
function writeLook(a: Assembler, config: RaceCode): void {
  const [alone, mine, quiet, none, tell, end] = Array.from({ length: 6 }, () => a.label()) as [
    Label, Label, Label, Label, Label, Label,
  ]; // prettier-ignore
  for (const register of SAVED) a.push(register);
  a.movImm(IN.race, config.shared + RACE_AT);
  a.mov(IN.goid, at('R14', config.offsets.gGoid));
  a.test(IN.goid, IN.goid);
  a.jcc('e', none);
  meet(a, config, alone, none, tell);
  a.bind(alone);
  a.alu('cmp', owner('map'), LOOK.map);
  a.jcc('e', mine);
  settle(a, none);
  a.bind(mine);
  a.mov(IN.writer, owner('writer'));
  changeHands(a, config, tell);
  const wait = a.label();
  mayWait(a, config, wait, quiet);
  a.bind(wait);
  writeWait(a, config.told, tell, none);
  a.bind(quiet);
  mayShare(a, none, tell);
  a.bind(none);
  a.alu('xor', 'RCX', 'RCX', 4);
  a.bind(tell);
  a.mov(at(LOOK.p, P_RACE.mark), 'RCX', 4);
  a.mov('RDX', 'RCX', 4);
  a.bind(end);
  for (const register of [...SAVED].reverse()) a.pop(register);
  a.ret();
}

/** Whether an operation of another goroutine waits on this map now, one of the two a write: it stays until `leave`. */
function meet(a: Assembler, { told }: RaceCode, alone: Label, none: Label, tell: Label): void {
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

/** A new map at this place; another's place is taken now and then only, so that two of them do not both lose it. */
function settle(a: Assembler, none: Label): void {
  const [free, read] = [a.label(), a.label()];
  a.alu('cmp', owner('map'), 0);
  a.jcc('e', free);
  a.movImm('RDX', RANDOM.factor);
  a.imul('RDX', at(LOOK.p, P.random));
  a.movImm('RAX', RANDOM.add);
  a.alu('add', 'RDX', 'RAX');
  a.mov(at(LOOK.p, P.random), 'RDX');
  a.shift('shr', 'RDX', 60);
  a.jcc('ne', none);
  a.bind(free);
  a.mov(owner('goid'), IN.goid);
  a.alu('xor', 'RDX', 'RDX', 4);
  a.test(LOOK.write, LOOK.write);
  a.jcc('e', read);
  a.mov('RDX', IN.goid);
  a.bind(read);
  a.mov(owner('writer'), 'RDX');
  a.storeImm(owner('watches'), 0, 8);
  a.mov(owner('map'), LOOK.map);
  a.jmp(none);
}

/** Who uses it now; a map that another finds marked as being written is told of. */
function changeHands(a: Assembler, { offsets }: RaceCode, tell: Label): void {
  const [read, same, moved, often, quiet] = Array.from({ length: 5 }, () => a.label()) as [
    Label, Label, Label, Label, Label,
  ]; // prettier-ignore
  a.test(LOOK.write, LOOK.write);
  a.jcc('e', read);
  a.mov(owner('writer'), IN.goid);
  a.bind(read);
  a.alu('cmp', owner('goid'), IN.goid);
  a.jcc('e', same);
  a.mov(owner('goid'), IN.goid);
  a.alu('cmp', owner('moves'), MOVES, 1);
  a.jcc('ae', often);
  a.alu('add', owner('moves'), 1, 1);
  a.alu('cmp', owner('moves'), MOVES, 1);
  a.jcc('b', moved);
  a.bind(often);
  a.alu('cmp', owner('state'), STATE.fresh, 1);
  a.jcc('ne', moved);
  a.storeImm(owner('state'), STATE.watched, 1);
  a.bind(moved);
  a.alu('cmp', owner('writing'), WRITING_MAX, 1);
  a.jcc('ae', quiet);
  a.testImm(at(LOOK.map, offsets.mapWriting), offsets.mapWritingMask, 1);
  a.jcc('e', quiet);
  a.alu('add', owner('writing'), 1, 1);
  a.movImm('RCX', MARK_WRITING);
  a.jmp(tell);
  a.bind(quiet);
  a.bind(same);
}

/** On to `wait`, with the time in `began` and the lock taken, or to `quiet`. */
function mayWait(a: Assembler, { told }: RaceCode, wait: Label, quiet: Label): void {
  const [turn, look, wanted, types, tired, later, full] = Array.from({ length: 7 }, () => a.label()) as [
    Label, Label, Label, Label, Label, Label, Label,
  ]; // prettier-ignore
  a.alu('cmp', owner('state'), STATE.watched, 1);
  a.jcc('ne', quiet);
  // Every second watch is a write's. A read can race only where another goroutine has written.
  a.test(LOOK.write, LOOK.write);
  a.jcc('ne', turn);
  a.testImm(watch('number'), 2, 1);
  a.jcc('e', quiet);
  a.test(IN.writer, IN.writer);
  a.jcc('e', quiet);
  a.alu('cmp', IN.writer, IN.goid);
  a.jcc('e', quiet);
  a.bind(turn);
  // The site itself may have counted it down, to -1.
  a.alu('cmp', owner('skip'), -1, 1);
  a.jcc('e', look);
  a.alu('sub', owner('skip'), 1, 1);
  a.jcc('ae', quiet);
  a.bind(look);
  a.storeImm(owner('skip'), 0, 1);
  a.mov('RDX', spent('ticks'));
  a.alu('add', 'RDX', asked('wait'));
  a.alu('cmp', 'RDX', asked('allowed'));
  a.jcc('a', later);
  a.mov('RCX', asked('typed'));
  a.test('RCX', 'RCX');
  a.jcc('e', wanted);
  a.bind(types);
  a.dec('RCX');
  a.jcc('e', later);
  a.alu('cmp', indexed(IN.race, 'RCX', 8, TYPES.at - 8), LOOK.type);
  a.jcc('ne', types);
  a.bind(wanted);
  ticks(a);
  a.mov(IN.began, 'RAX');
  a.alu('cmp', 'RAX', asked('lease'));
  a.jcc('ae', later);
  a.movzx('RCX', owner('watches'), 2);
  a.shift('shr', 'RCX', TIRED_SHIFT);
  a.alu('cmp', 'RCX', TIRED_MAX, 4);
  a.jcc('be', tired);
  a.movImm('RCX', TIRED_MAX);
  a.bind(tired);
  a.imul('RCX', watch('gap'));
  a.alu('add', 'RCX', watch('next'));
  a.alu('cmp', 'RAX', 'RCX');
  a.jcc('b', later);
  const fresh = a.label();
  toldRow(a, told);
  a.alu('cmp', at('RAX'), LOOK.map);
  a.jcc('ne', fresh);
  a.storeImm(owner('state'), STATE.told, 1);
  a.jmp(quiet);
  a.bind(fresh);
  a.movImm('RDX', 1);
  a.xchg(watch('lock'), 'RDX', 4);
  a.test('RDX', 'RDX', 4);
  a.jcc('ne', quiet);
  a.storeImm(owner('pause'), 0, 1);
  a.alu('add', owner('watches'), 1, 2);
  a.jcc('ae', wait);
  a.storeImm(owner('watches'), 0xffff, 2);
  a.jmp(wait);
  a.bind(later);
  // The busier a map is, the more of its operations pass until the clock is looked at again.
  a.movzx('RCX', owner('pause'), 1);
  a.mov(owner('skip'), 'RCX', 1);
  a.alu('cmp', 'RCX', PAUSE_MAX, 4);
  a.jcc('ae', full);
  a.alu('add', owner('pause'), 1, 1);
  a.bind(full);
  a.jmp(quiet);
}

/** A record of a map that several write to, whether or not with a lock. */
function mayShare(a: Assembler, none: Label, tell: Label): void {
  a.test(LOOK.write, LOOK.write);
  a.jcc('e', none);
  a.test(IN.writer, IN.writer);
  a.jcc('e', none);
  a.alu('cmp', IN.writer, IN.goid);
  a.jcc('e', none);
  a.alu('cmp', owner('moves'), MOVES, 1);
  a.jcc('b', none);
  a.alu('cmp', owner('shared'), SHARED_MAX, 1);
  a.jcc('ae', none);
  ticks(a);
  a.alu('cmp', 'RAX', watch('sharedNext'));
  a.jcc('b', none);
  a.alu('add', 'RAX', asked('sharedGap'));
  a.mov(watch('sharedNext'), 'RAX');
  a.alu('add', owner('shared'), 1, 1);
  a.movImm('RCX', MARK_SHARED);
  a.jmp(tell);
}

/** What takes long is over: from now on it is a matter of the operation alone. Uses RAX, RDX. */
function sayLeft(a: Assembler): void {
  ticks(a);
  a.mov(watch('metAt'), 'RAX');
  a.lock();
  a.alu('sub', watch('inside'), 1);
}

function writeLeave(a: Assembler, { shared }: RaceCode): void {
  a.storeImm(at(LOOK.p, P_RACE.met), 0, 4);
  a.movImm(IN.race, shared + RACE_AT);
  a.mov('RSI', 'RAX');
  sayLeft(a);
  a.mov('RAX', 'RSI');
  a.ret();
}
