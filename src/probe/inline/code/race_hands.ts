import { MARK_SHARED, MARK_WRITING } from '../../../model/record.ts';
import type { Assembler, Label } from '../asm/assembler.ts';
import { at } from '../asm/operand.ts';
import { P } from '../layout.ts';
import { STATE } from '../race_layout.ts';
import { asked, IN, LOOK, owner, type RaceCode, ticks, watch } from './race_parts.ts';

/** Numerical Recipes' generator of 64 bits: only its upper half is used. */
const RANDOM = { factor: 6364136223846793005n, add: 1442695040888963407n } as const;
/** Records of each kind that one map gets; what comes after says nothing new. */
const SHARED_MAX = 8;
const WRITING_MAX = 4;
/** A new map at this place; another's place is taken now and then only, so that two of them do not both lose it. */
export function settle(a: Assembler, none: Label): void {
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
  a.storeImm(owner('told'), 0, 8);
  a.mov(owner('map'), LOOK.map);
  a.jmp(none);
}

/** Who uses it now; a map that another finds marked as being written is told of. */
export function changeHands(a: Assembler, { offsets }: RaceCode, tell: Label): void {
  const [read, moved, quiet] = [a.label(), a.label(), a.label()];
  a.test(LOOK.write, LOOK.write);
  a.jcc('e', read);
  a.mov(owner('writer'), IN.goid);
  a.bind(read);
  a.alu('cmp', owner('goid'), IN.goid);
  a.jcc('e', quiet);
  a.mov(owner('goid'), IN.goid);
  a.alu('cmp', owner('state'), STATE.watched, 1);
  a.jcc('ae', moved);
  a.alu('add', owner('state'), 1, 1);
  a.bind(moved);
  a.alu('cmp', owner('writing'), WRITING_MAX, 1);
  a.jcc('ae', quiet);
  a.testImm(at(LOOK.map, offsets.mapWriting), offsets.mapWritingMask, 1);
  a.jcc('e', quiet);
  a.alu('add', owner('writing'), 1, 1);
  a.movImm('RCX', MARK_WRITING);
  a.jmp(tell);
  a.bind(quiet);
}

/** A record of a map that several write to, whether or not with a lock. */
export function mayShare(a: Assembler, none: Label, tell: Label): void {
  a.test(LOOK.write, LOOK.write);
  a.jcc('e', none);
  a.test(IN.writer, IN.writer);
  a.jcc('e', none);
  a.alu('cmp', IN.writer, IN.goid);
  a.jcc('e', none);
  a.alu('cmp', owner('told'), IN.goid, 2);
  a.jcc('e', none);
  a.alu('cmp', owner('state'), STATE.watched, 1);
  a.jcc('b', none);
  a.alu('cmp', owner('shared'), SHARED_MAX, 1);
  a.jcc('ae', none);
  ticks(a);
  a.alu('cmp', 'RAX', watch('sharedNext'));
  a.jcc('b', none);
  a.alu('add', 'RAX', asked('sharedGap'));
  a.mov(watch('sharedNext'), 'RAX');
  a.mov(owner('told'), IN.goid, 2);
  a.alu('add', owner('shared'), 1, 1);
  a.movImm('RCX', MARK_SHARED);
  a.jmp(tell);
}
