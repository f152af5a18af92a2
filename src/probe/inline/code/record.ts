import {
  RECORD,
  RECORD_HEAD,
  KEY_AREA,
  FLAG_MAP_ON_STACK,
  FLAG_WRITING,
  FLAG_STACK_UNREADABLE,
  KEY_STRING,
  KEY_TEXT_MAX,
  KEY_WORD,
} from '../../../model/record.ts';
import type { EntrySite } from '../../../model/probe_plan.ts';
import type { Assembler } from '../asm/assembler.ts';
import { at } from '../asm/operand.ts';
import { type CodeConfig, seedAt, USE } from './config.ts';
import type { Routines } from './routines.ts';

/** All of struct record_head but time, pid (the reader knows it) and key. Uses RDX, RSI. */
export function writeHead(a: Assembler, { offsets, thread }: CodeConfig, site: EntrySite): void {
  const field = (name: keyof typeof RECORD) => at(USE.record, RECORD[name]);
  a.mov('RDX', at('R14', thread.gM));
  a.mov('RDX', at('RDX', thread.mProcid));
  a.mov(field('tid'), 'RDX', 4);
  a.storeImm(field('probe'), site.index, 4);
  a.storeImm(field('keyForm'), 0, 4);
  a.mov(field('map'), site.map);
  if (site.type === undefined) a.storeImm(field('type'), 0, 8);
  else a.mov(field('type'), site.type);
  a.mov(field('caller'), USE.caller);
  a.storeImm(field('keySize'), 0, 8);
  a.storeImm(field('keyType'), 0, 8);
  a.mov('RDX', at('R14', offsets.gGoid));
  a.mov(field('goid'), 'RDX');
  a.mov('RDX', at('R14', offsets.gStartpc));
  a.mov(field('startPc'), 'RDX');
  mapHeader(a, offsets, site);
}

function mapHeader(a: Assembler, offsets: CodeConfig['offsets'], { map }: EntrySite): void {
  const [some, done, heap, quiet] = [a.label(), a.label(), a.label(), a.label()];
  a.test(map, map);
  a.jcc('ne', some);
  a.storeImm(at(USE.record, RECORD.count), 0, 8);
  a.storeImm(at(USE.record, RECORD.seed), 0, 4);
  a.jmp(done);
  a.bind(some);
  a.mov('RDX', at(map));
  a.mov(at(USE.record, RECORD.count), 'RDX');
  a.mov('RDX', at(map, seedAt(offsets)), 4);
  a.mov(at(USE.record, RECORD.seed), 'RDX', 4);
  a.testImm(at(map, offsets.mapWriting), offsets.mapWritingMask, 1);
  a.jcc('e', quiet);
  a.alu('or', at(USE.record, RECORD.flags), FLAG_WRITING, 1);
  a.bind(quiet);
  a.mov('RDX', map);
  a.alu('sub', 'RDX', at('R14', offsets.gStackLo));
  a.mov('RSI', at('R14', offsets.gStackHi));
  a.alu('sub', 'RSI', at('R14', offsets.gStackLo));
  a.alu('cmp', 'RDX', 'RSI');
  a.jcc('ae', heap);
  a.alu('or', at(USE.record, RECORD.flags), FLAG_MAP_ON_STACK, 1);
  a.bind(heap);
  a.bind(done);
}

/**
 * Frames beyond the caller go to `to` in the record: [RBP] is the caller's RBP, [RBP+8] the return address. Uses RDX,
 * RSI and what led here.
 */
export function writeFrames(a: Assembler, count: number, to = RECORD_HEAD + KEY_AREA): void {
  if (count === 0) return;

  const [again, done, lost] = [a.label(), a.label(), a.label()];
  a.mov('RSI', at('R14', 8));
  a.alu('sub', 'RSI', 16);
  a.alu('xor', 'RDX', 'RDX', 4);
  a.bind(again);
  a.alu('cmp', USE.frame, USE.below);
  a.jcc('be', done);
  a.alu('cmp', USE.frame, 'RSI');
  a.jcc('a', lost);
  a.mov(USE.below, at(USE.frame, 8));
  a.test(USE.below, USE.below);
  a.jcc('e', done);
  a.mov({ base: USE.record, index: 'RDX', scale: 8, disp: to }, USE.below);
  a.mov(USE.below, USE.frame);
  a.mov(USE.frame, at(USE.frame));
  a.alu('add', 'RDX', 1, 4);
  a.alu('cmp', 'RDX', count, 4);
  a.jcc('b', again);
  a.jmp(done);
  a.bind(lost);
  a.alu('or', at(USE.record, RECORD.flags), FLAG_STACK_UNREADABLE, 1);
  a.bind(done);
  a.mov(at(USE.record, RECORD.frameCount), 'RDX', 1);
}

/** Only what the operation reads as well: the key, as long as it is. Uses all free registers. */
export function writeKey(
  a: Assembler,
  { options }: CodeConfig,
  { key: source }: EntrySite,
  routines: Routines,
): void {
  if (options.keyBytes === 0 || source.kind === 'none') return;
  const field = (name: keyof typeof RECORD) => at(USE.record, RECORD[name]);
  if (source.kind === 'word') {
    a.storeImm(field('keyForm'), KEY_WORD, 1);
    a.storeImm(field('keyStored'), 8, 2);
    a.storeImm(field('keySize'), source.bytes, 8);
    a.mov(field('key'), source.register);
  } else if (source.kind === 'pointer') a.call(routines.keyByPointer);
  else if (source.kind === 'interface')
    throw new Error('internal: a method of sync.Map under the inline probe');
  else {
    const short = a.label();
    a.storeImm(field('keyForm'), KEY_STRING, 1);
    a.mov(field('keySize'), source.length);
    a.mov('RDX', source.length);
    const limit = Math.min(KEY_TEXT_MAX, options.keyBytes);
    a.alu('cmp', 'RDX', limit);
    a.jcc('be', short);
    a.movImm('RDX', limit);
    a.bind(short);
    a.mov(field('keyStored'), 'RDX', 2);
    a.mov('RSI', source.pointer);
    a.lea('R11', field('key'));
    a.call(routines.copy);
  }
}
