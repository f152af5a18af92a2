import type { Assembler, Label } from '../asm/assembler.ts';
import { at, indexed } from '../asm/operand.ts';
import { P_RACE, RACE_AT, STATE, TYPES } from '../race_layout.ts';
import { changeHands, mayShare, settle } from './race_hands.ts';
import { meet, writeLeave } from './race_meet.ts';
import { asked, IN, LOOK, owner, type RaceCode, spent, ticks, toldRow, watch } from './race_parts.ts';
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
/** 16 watches in vain make a map wait for another gap, up to three. */
const TIRED_SHIFT = 4;
const TIRED_MAX = 3;
/** Between two looks at the clock a map has up to so many operations. */
const PAUSE_MAX = 63;
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
  const [alone, mine, wait, quiet, none, tell] = Array.from({ length: 6 }, () => a.label()) as [
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
  for (const register of [...SAVED].reverse()) a.pop(register);
  a.ret();
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
  a.movzx('RCX', owner('watches'), 1);
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
  a.alu('add', owner('watches'), 1, 1);
  a.jcc('ae', wait);
  a.storeImm(owner('watches'), 0xff, 1);
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
