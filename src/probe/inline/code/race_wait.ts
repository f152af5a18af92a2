import { MARK_BITS, MARK_WATCHED } from '../../../model/record.ts';
import type { Assembler, Label } from '../asm/assembler.ts';
import { STATE } from '../race_layout.ts';
import { asked, IN, LOOK, owner, remember, spent, ticks, watch } from './race_parts.ts';

/** While one came that the probe is not done with, the time to go is so far away. */
const FAR = 40;

/**
 * Holds the operation, from the time in `began` on, with the lock. Then on to `tell` with the mark in RCX, or to
 * `none` where nobody came. bpf/race.bpf.c, wait. Uses all registers that `look` has saved.
 */
export function writeWait(a: Assembler, told: number, tell: Label, none: Label): void {
  const vain = a.label();
  a.mov(watch('goid'), IN.goid);
  a.mov(watch('write'), LOOK.write);
  // Their own goroutine is not asked for from here on.
  const first = IN.goid;
  a.mov(first, watch('came'), 4);
  a.mov(watch('first'), first, 4);
  a.storeImm(watch('metAt'), 0, 8);
  a.storeImm(watch('away'), 0, 8);
  a.mov('RCX', IN.began);
  a.mov(watch('map'), LOOK.map);
  a.lock();
  a.inc(watch('number'));
  turnsUntilLeft(a, true);
  a.lock();
  a.inc(watch('number'));
  // No one else is met from now on. Whoever came at the last moment is waited for, too.
  a.storeImm(watch('map'), 0, 8);
  turnsUntilLeft(a, false);
  count(a);
  a.mov('RAX', watch('came'), 4);
  a.mov('RCX', watch('number'));
  a.storeImm(watch('lock'), 0, 4);
  a.alu('cmp', 'RAX', first, 4);
  a.jcc('e', vain);
  remember(a, told);
  const notOurs = a.label();
  a.alu('cmp', owner('map'), LOOK.map);
  a.jcc('ne', notOurs);
  a.storeImm(owner('state'), STATE.told, 1);
  a.bind(notOurs);
  // The number that it had while it waited.
  a.alu('sub', 'RCX', 1);
  a.shift('shl', 'RCX', MARK_BITS);
  a.alu('or', 'RCX', MARK_WATCHED);
  a.jmp(tell);
  a.bind(vain);
  a.jmp(none);
}

/** Until whoever came is surely over, no longer than the longest time, and no less than `wait` where that is asked. RCX: the last look. */
function turnsUntilLeft(a: Assembler, least: boolean): void {
  const [again, here, over] = [a.label(), a.label(), a.label()];
  a.bind(again);
  a.pause();
  ticks(a);
  // From one turn to the next it takes that long only when the system has given its processor to others.
  a.mov('RDX', 'RAX');
  a.alu('sub', 'RDX', 'RCX');
  a.mov('RCX', 'RAX');
  a.alu('cmp', 'RDX', asked('quiet'));
  a.jcc('b', here);
  a.alu('add', watch('away'), 'RDX');
  a.bind(here);
  a.mov('RDX', 'RAX');
  a.alu('sub', 'RDX', IN.began);
  a.alu('cmp', 'RDX', asked('longest'));
  a.jcc('ae', over);
  if (least) {
    a.alu('cmp', 'RDX', asked('wait'));
    a.jcc('b', again);
  }
  a.mov('RSI', watch('inside'), 4);
  a.shift('shl', 'RSI', FAR);
  a.alu('add', 'RSI', watch('metAt'));
  a.alu('add', 'RSI', asked('quiet'));
  a.alu('cmp', 'RAX', 'RSI');
  a.jcc('b', again);
  a.bind(over);
}

/**
 * The longest is what it was held by the clock; what comes out of the budget is the time that it spun. Now is in RAX.
 * Uses RCX, RDX.
 */
function count(a: Assembler): void {
  const shorter = a.label();
  a.mov('RDX', 'RAX');
  a.alu('sub', 'RDX', IN.began);
  a.alu('cmp', 'RDX', spent('longest'));
  a.jcc('be', shorter);
  a.mov(spent('longest'), 'RDX');
  a.bind(shorter);
  a.alu('sub', 'RDX', watch('away'));
  a.mov('RCX', 'RDX');
  a.imul('RCX', asked('pace'));
  a.mov(watch('gap'), 'RCX');
  a.alu('add', 'RCX', 'RAX');
  a.mov(watch('next'), 'RCX');
  a.alu('add', spent('ticks'), 'RDX');
  a.inc(spent('watches'));
}
