import type { PatchSite } from '../../../model/patch_plan.ts';
import type { ExitSite, Register } from '../../../model/probe_plan.ts';
import { RECORD, RECORD_EXIT } from '../../../model/record.ts';
import type { Assembler } from '../asm/assembler.ts';
import { at } from '../asm/operand.ts';
import { OPEN, P } from '../layout.ts';
import { type CodeConfig, seedAt, USE } from './config.ts';
import { countOutside, findP, leaveChild, publish, reserve, runDisplaced } from './parts.ts';

/** In the middle of a function no register is free. */
const SAVED: readonly Register[] = ['RAX', 'RDX', 'RSI', 'R8', 'R12', 'R13'];

/** Code that records that a write has done its work, if its beginning was recorded. Returns where it begins. */
export function writeExit(a: Assembler, config: CodeConfig, site: ExitSite, patch: PatchSite): number {
  const { options, offsets, thread, shared, bias } = config;
  a.align(64);
  const start = a.here;
  const [done, outside, full] = [a.label(), a.label(), a.label()];
  if (patch.flagsLive) saveFlags(a);
  for (const register of SAVED) a.push(register);
  a.mov('R8', site.map);
  leaveChild(a, config, done);
  if (options.mapAddress !== undefined) {
    a.movImm('RDX', options.mapAddress);
    a.alu('cmp', 'RDX', 'R8');
    a.jcc('ne', done);
  }
  a.mov('RDX', at('R14', offsets.gGoid));
  a.mov('RSI', 'RDX', 4);
  a.alu('and', 'RSI', OPEN.slots - 1, 4);
  a.shift('shl', 'RSI', Math.log2(OPEN.slotBytes), 4);
  a.movImm('R13', shared + OPEN.at);
  a.alu('add', 'R13', 'RSI');
  a.alu('cmp', at('R13'), 'RDX');
  a.jcc('ne', done);
  a.storeImm(at('R13'), 0, 8);
  findP(a, config, outside, done);
  // R8 holds the map: RAX is saved, so the clock may spoil it.
  a.mov('RAX', 'R8');
  reserve(a, config, 'RSI', 'R8', full);
  const field = (name: keyof typeof RECORD) => at(USE.record, RECORD[name]);
  a.mov('RDX', at('R14', thread.gM));
  a.mov('RDX', at('RDX', thread.mProcid));
  a.mov(field('tid'), 'RDX', 4);
  a.storeImm(field('probe'), site.index | (RECORD_EXIT << 16), 4);
  a.storeImm(field('keyForm'), 0, 4);
  a.mov(field('map'), 'RAX');
  a.mov('RDX', at('RAX'));
  a.mov(field('count'), 'RDX');
  a.mov('RDX', at('RAX', seedAt(offsets)), 4);
  a.mov(field('seed'), 'RDX', 4);
  a.mov('RDX', at('R14', offsets.gGoid));
  a.mov(field('goid'), 'RDX');
  publish(a);
  a.bind(done);
  for (const register of [...SAVED].reverse()) a.pop(register);
  if (patch.flagsLive) restoreFlags(a);
  runDisplaced(a, patch.displaced, bias);
  a.jmp(patch.address + bias + patch.original.length);
  a.bind(full);
  a.inc(at(USE.p, P.dropped + 8 * site.index));
  a.jmp(done);
  a.bind(outside);
  countOutside(a, config, site.index);
  a.jmp(done);
  return start;
}

/** SF, ZF, AF, PF, CF through AH, OF through AL: a tenth of what PUSHF and POPF cost. */
function saveFlags(a: Assembler): void {
  a.push('RAX');
  a.lahf();
  a.set('o', 'RAX');
  a.push('RAX');
}

function restoreFlags(a: Assembler): void {
  a.pop('RAX');
  // 1 + 127 overflows, 0 + 127 does not.
  a.alu('add', 'RAX', 127, 1);
  a.sahf();
  a.pop('RAX');
}
