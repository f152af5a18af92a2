import type { PatchSite } from '../../../model/patch_plan.ts';
import type { EntrySite } from '../../../model/probe_plan.ts';
import { RECORD } from '../../../model/record.ts';
import { ITERATOR, raceRole } from '../../shared/race_rules.ts';
import type { Assembler, Label } from '../asm/assembler.ts';
import { at, fits, indexed } from '../asm/operand.ts';
import { P } from '../layout.ts';
import { OWNER, P_RACE, RACE_AT, STATE, WATCH } from '../race_layout.ts';
import { USE } from './config.ts';
import { countOutside, findP, isIn, leaveChild, publish, reserve, runDisplaced } from './parts.ts';
import type { RaceRoutines } from './race_look.ts';
import { LOOK, owner, OWNER_SHIFT, OWNER_SPREAD, type RaceCode } from './race_parts.ts';
import { writeFrames, writeHead, writeKey } from './record.ts';
import type { Routines } from './routines.ts';

/**
 * Code that looks, where an operation begins, whether another goroutine is about to begin one on the same map, and
 * sometimes waits for that; then it runs what it has displaced, and goes back. Returns where it begins. What a map
 * that stays in one goroutine's hands runs through is the first part alone.
 */
export function writeRaceEntry(
  a: Assembler,
  config: RaceCode,
  routines: Routines & RaceRoutines,
  site: EntrySite,
  patch: PatchSite,
): number {
  const { bias } = config;
  const role = raceRole(site);
  if (site.callerBeyond !== undefined || site.inside === true)
    throw new Error('internal: no beginning of a map operation');
  a.align(64);
  const start = a.here;
  const [out, outside, ignored, look] = [a.label(), a.label(), a.label(), a.label()];
  const counter = (what: 'hits' | 'ignored' | 'dropped') => at(USE.p, P[what] + 8 * site.index);
  const pass = (): void => {
    if (role === 'step') a.mov(LOOK.map, at('RAX', ITERATOR.map));
    else a.mov(LOOK.map, site.map);
    a.test(LOOK.map, LOOK.map);
    a.jcc('e', out);
    if (config.options.mapAddress === undefined) return;
    a.movImm('RDX', config.options.mapAddress);
    a.alu('cmp', 'RDX', LOOK.map);
    a.jcc('ne', out);
  };
  runDisplaced(a, patch.displaced.slice(0, patch.first), bias);
  findP(a, config, outside, out);
  pass();
  if (site.partOf.length > 0) a.mov(USE.caller, at('RSP'));
  isIn(a, site.partOf, bias, ignored);
  a.inc(counter('hits'));
  shortWay(a, config, role !== 'write', look, out);
  a.bind(out);
  runDisplaced(a, patch.displaced.slice(patch.first), bias);
  a.jmp(patch.address + bias + patch.original.length);
  a.bind(look);
  a.movImm(LOOK.write, role === 'write' ? 1 : 0);
  typeInto(a, site);
  a.call(routines.look);
  a.test('RDX', 'RDX', 4);
  a.jcc('e', out);
  record(a, config, routines, site);
  // Written or not: whoever waits is not kept.
  a.alu('cmp', at(USE.p, P_RACE.met), 0, 4);
  a.jcc('e', out);
  a.call(routines.leave);
  a.jmp(out);
  a.bind(ignored);
  a.inc(counter('ignored'));
  a.jmp(out);
  a.bind(outside);
  leaveChild(a, config, out);
  pass();
  if (site.partOf.length > 0) a.mov(USE.caller, at('RSP'));
  isIn(a, site.partOf, bias, out);
  countOutside(a, config, site.index);
  a.jmp(out);
  return start;
}

/**
 * The place of the map among the owners goes to R8. On to `look` when somebody waits on this map, when it changes hands,
 * or when its turn has come to be watched; else to `out`. Uses RDX, RSI.
 */
function shortWay(a: Assembler, config: RaceCode, reads: boolean, look: Label, out: Label): void {
  const { owners, shared, offsets } = config;
  a.mov('RDX', LOOK.map);
  a.shift('shr', 'RDX', 3);
  a.imulImm('RDX', 'RDX', OWNER_SPREAD, 4);
  a.shift('shr', 'RDX', OWNER_SHIFT, 4);
  a.shift('shl', 'RDX', Math.log2(OWNER.bytes), 4);
  const race = shared + RACE_AT;
  a.movImm('RSI', race);
  if (fits(owners - race, 32)) a.lea(LOOK.owner, indexed('RSI', 'RDX', 1, owners - race));
  else {
    a.movImm(LOOK.owner, owners);
    a.alu('add', LOOK.owner, 'RDX');
  }
  a.alu('cmp', at('RSI', WATCH.map), LOOK.map);
  a.jcc('e', look);
  a.alu('cmp', owner('map'), LOOK.map);
  a.jcc('ne', look);
  a.mov('RDX', at('R14', offsets.gGoid));
  a.alu('cmp', owner('goid'), 'RDX');
  a.jcc('ne', look);
  // Who reads beside nobody's writes, or his own, is of no interest; who writes for the first time is.
  if (!reads) {
    a.alu('cmp', owner('writer'), 'RDX');
    a.jcc('ne', look);
  }
  a.alu('cmp', owner('state'), STATE.watched, 1);
  a.jcc('ne', out);
  if (reads) {
    a.testImm(at('RSI', WATCH.number), 2, 1);
    a.jcc('e', out);
    a.alu('cmp', owner('writer'), 'RDX');
    a.jcc('e', out);
    a.alu('cmp', owner('writer'), 0);
    a.jcc('e', out);
  }
  a.alu('sub', owner('skip'), 1, 1);
  a.jcc('b', look);
}

/** Uses R13 alone. */
function typeInto(a: Assembler, site: EntrySite): void {
  if (raceRole(site) === 'step') a.mov(LOOK.type, at('RAX', ITERATOR.type));
  else if (site.type !== undefined) a.mov(LOOK.type, site.type);
  else a.alu('xor', LOOK.type, LOOK.type, 4);
}

/** As an event's record, with the mark that `look` has left. */
function record(a: Assembler, config: RaceCode, routines: Routines & RaceRoutines, site: EntrySite): void {
  const [drop, done] = [a.label(), a.label()];
  const field = (name: keyof typeof RECORD) => at(USE.record, RECORD[name]);
  a.mov(USE.caller, at('RSP'));
  reserve(a, config, 'R8', 'RSI', drop);
  if (raceRole(site) === 'step') {
    a.mov('R8', at('RAX', ITERATOR.map));
    writeHead(a, config, { ...site, map: 'R8', type: undefined });
    a.mov('RDX', at('RAX', ITERATOR.type));
    a.mov(field('type'), 'RDX');
  } else writeHead(a, config, site);
  a.mov('RDX', at(USE.p, P_RACE.mark), 4);
  a.mov(field('mark'), 'RDX', 4);
  a.mov(USE.frame, 'RBP');
  a.mov(USE.below, 'RSP');
  writeFrames(a, config.options.frames);
  writeKey(a, config, site, routines);
  publish(a);
  a.jmp(done);
  a.bind(drop);
  a.inc(at(USE.p, P.dropped + 8 * site.index));
  a.bind(done);
}
