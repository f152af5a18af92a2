import type { EntrySite } from '../../../model/probe_plan.ts';
import type { Assembler } from '../asm/assembler.ts';
import { at } from '../asm/operand.ts';
import { P, TABLE_STEPS } from '../layout.ts';
import { ROW, TABLE } from '../../shared/layout.ts';
import { USE } from './config.ts';

const SPREAD = 0x9e3779b97f4a7c15n;

/**
 * Adds one to the counter of this site, map, type and caller in the table of the P; where four rows in a row belong
 * to others, to the rest of the site. Nobody else writes there, so plain instructions do. Uses RDX, RSI, R8.
 */
export function countInTable(a: Assembler, site: EntrySite): void {
  const [done, free] = [a.label(), a.label()];
  a.mov('RDX', site.map);
  a.shift('shr', 'RDX', 3);
  a.mov('RSI', USE.caller);
  a.shift('shl', 'RSI', 20);
  a.alu('xor', 'RDX', 'RSI');
  a.alu('xor', 'RDX', site.index, 4);
  a.movImm('RSI', SPREAD);
  a.imul('RDX', 'RSI');
  a.shift('shr', 'RDX', 64 - Math.log2(TABLE.rows));
  a.imulImm('RDX', 'RDX', TABLE.rowBytes, 4);
  a.lea('RSI', { base: 'RDX', index: USE.p, scale: 1, disp: P.bytes });
  for (let step = 0; step < TABLE_STEPS; step++) {
    const next = a.label();
    a.mov('R8', at('RSI', ROW.site), 4);
    a.test('R8', 'R8', 4);
    a.jcc('e', free);
    a.alu('cmp', 'R8', site.index + 1, 4);
    a.jcc('ne', next);
    a.alu('cmp', at('RSI', ROW.map), site.map);
    a.jcc('ne', next);
    a.alu('cmp', at('RSI', ROW.caller), USE.caller);
    a.jcc('ne', next);
    if (site.type === undefined) a.alu('cmp', at('RSI', ROW.type), 0);
    else a.alu('cmp', at('RSI', ROW.type), site.type);
    a.jcc('ne', next);
    a.inc(at('RSI', ROW.count));
    a.jmp(done);
    a.bind(next);
    a.alu('add', 'RSI', TABLE.rowBytes);
  }
  a.inc(at(USE.p, P.rest + 8 * site.index));
  a.jmp(done);
  a.bind(free);
  if (site.type === undefined) a.storeImm(at('RSI', ROW.type), 0, 8);
  else a.mov(at('RSI', ROW.type), site.type);
  a.mov(at('RSI', ROW.map), site.map);
  a.mov(at('RSI', ROW.caller), USE.caller);
  a.storeImm(at('RSI', ROW.count), 1, 8);
  // Last: the reader takes a row with a site as complete.
  a.storeImm(at('RSI', ROW.site), site.index + 1, 4);
  a.bind(done);
}
