import type { EntrySite, Register } from '../../../model/probe_plan.ts';
import type { Assembler, Label } from '../asm/assembler.ts';
import { at } from '../asm/operand.ts';
import { P, TABLE_STEPS, TOGETHER_STEPS } from '../layout.ts';
import { ROW, TABLE } from '../../shared/layout.ts';
import { USE } from './config.ts';

const SPREAD = 0x9e3779b97f4a7c15n;

/**
 * Adds one to the counter of this site, map, type and caller in the table of the P; where four rows in a row belong
 * to others, to that of all maps of this site, type and caller together, and where those have no room either, to the
 * rest of the site. Nobody else writes there, so plain instructions do. Uses RDX, RSI, R8.
 */
export function countInTable(a: Assembler, site: EntrySite): void {
  const [done, free] = [a.label(), a.label()];
  a.mov('RDX', site.map);
  a.shift('shr', 'RDX', 3);
  a.mov('RSI', USE.caller);
  a.shift('shl', 'RSI', 20);
  a.alu('xor', 'RDX', 'RSI');
  a.alu('xor', 'RDX', site.index, 4);
  rowOf(a, 0, TABLE.rows);
  for (let step = 0; step < TABLE_STEPS; step++) {
    const next = a.label();
    a.mov('R8', at('RSI', ROW.site), 4);
    a.test('R8', 'R8', 4);
    a.jcc('e', free);
    a.alu('cmp', 'R8', site.index + 1, 4);
    a.jcc('ne', next);
    a.alu('cmp', at('RSI', ROW.map), site.map);
    a.jcc('ne', next);
    isRowOf(a, site, next);
    a.inc(at('RSI', ROW.count));
    a.jmp(done);
    a.bind(next);
    a.alu('add', 'RSI', TABLE.rowBytes);
  }
  countTogether(a, site, done);
  a.bind(free);
  begin(a, site, site.map);
  a.bind(done);
}

function countTogether(a: Assembler, site: EntrySite, done: Label): void {
  const [again, next, free] = [a.label(), a.label(), a.label()];
  a.mov('RDX', USE.caller);
  a.alu('xor', 'RDX', site.index, 4);
  rowOf(a, TABLE.rows + TABLE_STEPS, TABLE.together);
  a.movImm('R8', TOGETHER_STEPS);
  a.bind(again);
  a.alu('cmp', at('RSI', ROW.site), 0, 4);
  a.jcc('e', free);
  a.alu('cmp', at('RSI', ROW.site), site.index + 1, 4);
  a.jcc('ne', next);
  isRowOf(a, site, next);
  a.inc(at('RSI', ROW.count));
  a.jmp(done);
  a.bind(next);
  a.alu('add', 'RSI', TABLE.rowBytes);
  a.dec('R8');
  a.jcc('ne', again);
  a.inc(at(USE.p, P.rest + 8 * site.index));
  a.jmp(done);
  a.bind(free);
  begin(a, site, undefined);
  a.jmp(done);
}

/** RSI gets a row among `rows` from `first` on, by the bits of RDX. Uses RDX. */
function rowOf(a: Assembler, first: number, rows: number): void {
  a.movImm('RSI', SPREAD);
  a.imul('RDX', 'RSI');
  a.shift('shr', 'RDX', 64 - Math.log2(rows));
  a.imulImm('RDX', 'RDX', TABLE.rowBytes, 4);
  a.lea('RSI', { base: 'RDX', index: USE.p, scale: 1, disp: P.bytes + first * TABLE.rowBytes });
}

/** On to `next` where the row at RSI is of another caller or type. */
function isRowOf(a: Assembler, site: EntrySite, next: Label): void {
  a.alu('cmp', at('RSI', ROW.caller), USE.caller);
  a.jcc('ne', next);
  if (site.type === undefined) a.alu('cmp', at('RSI', ROW.type), 0);
  else a.alu('cmp', at('RSI', ROW.type), site.type);
  a.jcc('ne', next);
}

/** The first one counted in the free row at RSI. */
function begin(a: Assembler, site: EntrySite, map: Register | undefined): void {
  if (site.type === undefined) a.storeImm(at('RSI', ROW.type), 0, 8);
  else a.mov(at('RSI', ROW.type), site.type);
  if (map === undefined) a.storeImm(at('RSI', ROW.map), 0, 8);
  else a.mov(at('RSI', ROW.map), map);
  a.mov(at('RSI', ROW.caller), USE.caller);
  a.storeImm(at('RSI', ROW.count), 1, 8);
  // Last: the reader takes a row with a site as complete.
  a.storeImm(at('RSI', ROW.site), site.index + 1, 4);
}
