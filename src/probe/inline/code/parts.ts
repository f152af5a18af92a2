import type { Displaced } from '../../../model/patch_plan.ts';
import type { CodeRange } from '../../../model/probe_plan.ts';
import type { Assembler, Label } from '../asm/assembler.ts';
import { at, CONDITIONS, indexed } from '../asm/operand.ts';
import { OWN, ownOf } from '../inject/journal.ts';
import { HEADER, P, TABLE_BYTES } from '../layout.ts';
import { type CodeConfig, USE } from './config.ts';

/** On to `out` in a child of fork: the rings, and whatever else is shared, are its parent's. Uses RDX. */
export function leaveChild(a: Assembler, config: CodeConfig, out: Label): void {
  a.movImm('RDX', ownOf(config) + OWN.here);
  a.alu('cmp', at('RDX'), 0);
  a.jcc('e', out);
}

/**
 * R12 gets the words of the P that runs this goroutine; uses RDX. Where it has none, or none of ours, on to `outside`; in
 * a child of fork to either, so that who goes to `outside` looks there whether he is one (`leaveChild`).
 */
export function findP(a: Assembler, config: CodeConfig, outside: Label, child: Label): void {
  const { thread, shape } = config;
  a.mov('R12', at('R14', thread.gM));
  a.mov('R12', at('R12', thread.mP));
  a.test('R12', 'R12');
  a.jcc('e', outside);
  a.mov('R12', at('R12'), 4);
  a.alu('cmp', 'R12', shape.ps, 4);
  a.jcc('ae', outside);
  a.movImm('RDX', ownOf(config) + OWN.ps);
  a.mov('R12', indexed('RDX', 'R12', 8));
  a.test('R12', 'R12');
  a.jcc('e', child);
}

/** Counts a hit on a P that has no ring, and no counters. Uses RDX. */
export function countOutside(a: Assembler, { shared }: CodeConfig, site: number): void {
  a.movImm('RDX', shared + HEADER.outsideOf + 8 * site);
  a.inc(at('RDX'), 8, true);
}

/**
 * R13 gets the place of the next record, and its time is in it; `head` holds the number of the record, RDX and `spare`
 * are used, RAX is kept. Where the ring is full, on to `full`.
 */
export function reserve(
  a: Assembler,
  { shape }: CodeConfig,
  head: 'R8' | 'RSI',
  spare: 'R8' | 'RSI',
  full: Label,
): void {
  a.mov(head, at(USE.p, P.head));
  a.mov('RDX', head);
  a.alu('sub', 'RDX', at(USE.p, P.tail));
  a.alu('cmp', 'RDX', shape.slots);
  a.jcc('ae', full);
  // Before the time is taken: a reader that sees no mark sees no later record with an earlier time.
  a.storeImm(at(USE.p, P.busy), 1, 4);
  a.mov('R13', head, 4);
  a.alu('and', 'R13', shape.slots - 1, 4);
  a.imulImm('R13', 'R13', shape.stride);
  a.lea('R13', { base: 'R13', index: USE.p, scale: 1, disp: P.bytes + TABLE_BYTES });
  a.mov(spare, 'RAX');
  a.rdtsc();
  a.shift('shl', 'RDX', 32);
  a.alu('or', 'RDX', 'RAX');
  a.mov('RAX', spare);
  a.mov(at('R13'), 'RDX');
}

/** The record becomes visible: stores of one processor are seen in their order. */
export function publish(a: Assembler): void {
  a.inc(at(USE.p, P.head));
  a.storeImm(at(USE.p, P.busy), 0, 4);
}

/** On to `inside` where R9 lies in one of the functions. Uses RSI. */
export function isIn(a: Assembler, ranges: readonly CodeRange[], bias: number, inside: Label): void {
  for (const { start, end } of ranges) {
    a.movImm('RSI', -(start + bias));
    a.alu('add', 'RSI', USE.caller);
    a.alu('cmp', 'RSI', end - start);
    a.jcc('b', inside);
  }
}

/** Instructions that had to give way. */
export function runDisplaced(a: Assembler, displaced: readonly Displaced[], bias: number): void {
  for (const one of displaced) {
    if (one.kind === 'bytes') a.raw(one.bytes);
    else a.jcc(CONDITIONS[one.condition] ?? 'o', one.target + bias);
  }
}
