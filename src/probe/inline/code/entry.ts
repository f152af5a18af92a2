import type { PatchSite } from '../../../model/patch_plan.ts';
import type { EntrySite } from '../../../model/probe_plan.ts';
import { KEY_AREA, LABELS_AREA, RECORD_HEAD } from '../../../model/record.ts';
import type { Assembler } from '../asm/assembler.ts';
import { at } from '../asm/operand.ts';
import { OPEN, P } from '../layout.ts';
import { type CodeConfig, USE } from './config.ts';
import { countInTable } from './counting.ts';
import { countOutside, findP, isIn, leaveChild, publish, reserve, runDisplaced } from './parts.ts';
import { writeFrames, writeHead, writeKey } from './record.ts';
import type { Routines } from './routines.ts';

/** How far a growth is followed up to the assign that it is a part of: as the eBPF program does. */
const MAX_CLIMB = 6;
/** Numerical Recipes' generator of 64 bits: only its upper half is used. */
const RANDOM = { factor: 6364136223846793005n, add: 1442695040888963407n } as const;

/** What is known of a site beside its plan. */
export interface EntryCode {
  readonly site: EntrySite;
  readonly patch: PatchSite;
  /** The end of the operation is recorded, too. */
  readonly exits: boolean;
}

/** Code that records that an operation begins, runs what it has displaced, and goes back. Returns where it begins. */
export function writeEntry(a: Assembler, config: CodeConfig, routines: Routines, code: EntryCode): number {
  const { site, patch } = code;
  const { options, offsets, bias } = config;
  a.align(64);
  const start = a.here;
  runDisplaced(a, patch.displaced.slice(0, patch.first), bias);
  const [out, outside, ignored] = [a.label(), a.label(), a.label()];
  findP(a, config, outside, out);
  filters(a, config, site, out);
  const counter = (what: 'hits' | 'ignored' | 'dropped' | 'skipped') => at(USE.p, P[what] + 8 * site.index);
  const counts = options.mode !== 'events';
  const isAsked = site.partOf.length > 0 || site.callerBeyond !== undefined || counts;
  if (isAsked) whereFrom(a);
  isIn(a, site.partOf, bias, ignored);
  if (site.callerBeyond !== undefined) climb(a, config, site);
  if (counts) countInTable(a, site);
  if (options.mode === 'counts') a.inc(counter('hits'));
  else {
    const [drop, skip, take] = [a.label(), a.label(), a.label()];
    // Growth is rare, and each counts: of that none is left out.
    if (site.op !== 'grow') sample(a, take, skip);
    a.bind(take);
    a.inc(counter('hits'));
    if (!isAsked) whereFrom(a);
    reserve(a, config, 'R8', 'RSI', drop);
    writeHead(a, config, site);
    const [labelled, framed] = [a.label(), a.label()];
    if (routines.labels !== undefined) {
      a.alu('cmp', at('R14', offsets.gLabels), 0);
      a.jcc('ne', labelled);
    }
    writeFrames(a, options.frames);
    a.bind(framed);
    writeKey(a, config, site, routines);
    publish(a);
    if (code.exits) open(a, config);
    a.jmp(out);
    a.bind(drop);
    a.inc(counter('dropped'));
    a.jmp(out);
    a.bind(skip);
    a.inc(counter('skipped'));
    if (routines.labels !== undefined) {
      a.jmp(out);
      a.bind(labelled);
      writeFrames(a, options.frames, RECORD_HEAD + KEY_AREA + LABELS_AREA);
      a.call(routines.labels);
      a.jmp(framed);
    }
  }
  a.bind(out);
  runDisplaced(a, patch.displaced.slice(patch.first), bias);
  a.jmp(patch.address + bias + patch.original.length);
  a.bind(outside);
  leaveChild(a, config, out);
  filters(a, config, site, out);
  if (site.partOf.length > 0) a.mov(USE.caller, at('RSP'));
  isIn(a, site.partOf, bias, out);
  countOutside(a, config, site.index);
  a.jmp(out);
  a.bind(ignored);
  a.inc(counter('ignored'));
  a.jmp(out);
  return start;
}

/** At the beginning of a function: who has called it, and where its frames begin. */
function whereFrom(a: Assembler): void {
  a.mov(USE.caller, at('RSP'));
  a.mov(USE.frame, 'RBP');
  a.mov(USE.below, 'RSP');
}

/** What one asks for by number. Uses RDX, RSI. */
function filters(
  a: Assembler,
  { options, offsets }: CodeConfig,
  site: EntrySite,
  out: ReturnType<Assembler['label']>,
): void {
  if (options.mapAddress !== undefined) {
    a.movImm('RDX', options.mapAddress);
    a.alu('cmp', 'RDX', site.map);
    a.jcc('ne', out);
  }
  if (options.goid !== undefined) {
    a.movImm('RDX', options.goid);
    a.alu('cmp', 'RDX', at('R14', offsets.gGoid));
    a.jcc('ne', out);
  }
}

/**
 * From a growth up to who called the assign, by frame pointers within the goroutine's stack. Where the way is lost,
 * there is no caller. Uses RDX, RSI.
 */
function climb(a: Assembler, { bias, offsets }: CodeConfig, { callerBeyond = [] }: EntrySite): void {
  const [again, inside, lost, done] = [a.label(), a.label(), a.label(), a.label()];
  a.movImm('RDX', MAX_CLIMB);
  a.bind(again);
  isIn(a, callerBeyond, bias, inside);
  a.jmp(done);
  a.bind(inside);
  a.alu('sub', 'RDX', 1, 4);
  a.jcc('s', lost);
  a.alu('cmp', USE.frame, USE.below);
  a.jcc('be', lost);
  a.mov('RSI', at('R14', offsets.gStackHi));
  a.alu('sub', 'RSI', 16);
  a.alu('cmp', USE.frame, 'RSI');
  a.jcc('a', lost);
  a.mov(USE.below, USE.frame);
  a.mov(USE.caller, at(USE.frame, 8));
  a.mov(USE.frame, at(USE.frame));
  a.jmp(again);
  a.bind(lost);
  a.alu('xor', USE.caller, USE.caller, 4);
  a.alu('xor', USE.frame, USE.frame, 4);
  a.bind(done);
}

/** On to `skip` for hits that are not recorded, by chance. Uses RDX, RSI, R13. */
function sample(
  a: Assembler,
  take: ReturnType<Assembler['label']>,
  skip: ReturnType<Assembler['label']>,
): void {
  a.mov('RDX', at(USE.p, P.every), 4);
  a.alu('cmp', 'RDX', 1, 4);
  a.jcc('e', take);
  a.jcc('b', skip);
  a.mov('RSI', at(USE.p, P.random));
  a.movImm('R13', RANDOM.factor);
  a.imul('RSI', 'R13');
  a.movImm('R13', RANDOM.add);
  a.alu('add', 'RSI', 'R13');
  a.mov(at(USE.p, P.random), 'RSI');
  a.shift('shr', 'RSI', 32);
  a.imul('RSI', 'RDX');
  a.shift('shr', 'RSI', 32);
  a.jcc('ne', skip);
}

/** Remembers that this goroutine's write waits for its end. */
function open(a: Assembler, { shared, offsets }: CodeConfig): void {
  a.mov('RDX', at('R14', offsets.gGoid));
  a.mov('RSI', 'RDX', 4);
  a.alu('and', 'RSI', OPEN.slots - 1, 4);
  a.shift('shl', 'RSI', Math.log2(OPEN.slotBytes), 4);
  a.movImm('R9', shared + OPEN.at);
  a.mov({ base: 'R9', index: 'RSI', scale: 1, disp: 0 }, 'RDX');
}
