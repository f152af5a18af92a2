import {
  FLAG_KEY_UNPLANNED,
  KEY_BODY,
  KEY_BYTES,
  KEY_PART,
  KEY_PART_MAX,
  KEY_RAW_MAX,
  KEY_STRING,
  KEY_TEXT_MAX,
  KEY_WORD,
  PART_CHASED,
  RECORD,
} from '../../../model/record.ts';
import type { Assembler, Label } from '../asm/assembler.ts';
import { at, indexed } from '../asm/operand.ts';
import { PLAN, PLANS } from '../../shared/layout.ts';
import { type CodeConfig, ITAB_TYPE, KIND, TYPE, USE } from './config.ts';
import { writeLabels } from './labels.ts';

/** Code that all sites of a probe call. Addresses. */
export interface Routines {
  /** Copies RDX bytes from RSI to R11, and reads no others. Uses RDX, R9, R10, X0. */
  readonly copy: number;
  /** Stores the key at RCX of the map type RAX into the record. Uses RDX, RSI, R9, R10, R11, X0. */
  readonly keyByPointer: number;
  /** Takes the goroutine's labels along: see `writeLabels`. Only where they are asked for. */
  readonly labels: number | undefined;
}

const field = (name: keyof typeof RECORD) => at(USE.record, RECORD[name]);
const SAVED = ['RAX', 'RBX', 'RCX', 'RDI'] as const;

export function writeRoutines(a: Assembler, config: CodeConfig): Routines {
  a.align(64);
  const copy = a.here;
  writeCopy(a);
  a.align(16);
  const findPlan = a.here;
  writeFindPlan(a, config);
  a.align(16);
  const chase = a.here;
  writeChase(a, config, copy);
  a.align(16);
  const keyByPointer = a.here;
  writeKeyByPointer(a, config, { copy, findPlan, chase });
  const labels = config.options.labels === true ? writeLabels(a, config, copy) : undefined;
  return { copy, keyByPointer, labels };
}

/** Overlapping moves at both ends, so that not a byte beyond them is touched. */
function writeCopy(a: Assembler): void {
  const [again, last, below16, below8, below4, nothing] = Array.from({ length: 6 }, () => a.label()) as [
    Label, Label, Label, Label, Label, Label,
  ]; // prettier-ignore
  a.alu('cmp', 'RDX', 16);
  a.jcc('b', below16);
  a.alu('xor', 'R9', 'R9', 4);
  a.lea('R10', at('RDX', -16));
  a.bind(again);
  a.alu('cmp', 'R9', 'R10');
  a.jcc('ae', last);
  a.movdqu(0, indexed('RSI', 'R9', 1));
  a.movdqu(indexed('R11', 'R9', 1), 0);
  a.alu('add', 'R9', 16);
  a.jmp(again);
  a.bind(last);
  a.movdqu(0, indexed('RSI', 'R10', 1));
  a.movdqu(indexed('R11', 'R10', 1), 0);
  a.ret();
  a.bind(below16);
  for (const [size, less] of [[8, below8], [4, below4]] as const) {
    a.alu('cmp', 'RDX', size);
    a.jcc('b', less);
    a.mov('R9', at('RSI'), size);
    a.mov('R10', indexed('RSI', 'RDX', 1, -size), size);
    a.mov(at('R11'), 'R9', size);
    a.mov(indexed('R11', 'RDX', 1, -size), 'R10', size);
    a.ret();
    a.bind(less);
  } // prettier-ignore
  a.test('RDX', 'RDX');
  a.jcc('e', nothing);
  a.movzx('R9', at('RSI'), 1);
  a.mov(at('R11'), 'R9', 1);
  a.movzx('R9', indexed('RSI', 'RDX', 1, -1), 1);
  a.mov(indexed('R11', 'RDX', 1, -1), 'R9', 1);
  a.shift('shr', 'RDX', 1);
  a.movzx('R9', indexed('RSI', 'RDX', 1), 1);
  a.mov(indexed('R11', 'RDX', 1), 'R9', 1);
  a.bind(nothing);
  a.ret();
}

/** RDI gets the row of the type in RAX, or 0. Uses RDX, RSI, R9, R10. The same hash: shared/plan_table.ts. */
function writeFindPlan(a: Assembler, { shared }: CodeConfig): void {
  const [again, none, found] = [a.label(), a.label(), a.label()];
  a.mov('RDX', 'RAX');
  a.shift('shr', 'RDX', 4);
  a.imulImm('RDX', 'RDX', 0x9e3779b1 | 0, 4);
  a.shift('shr', 'RDX', 16, 4);
  a.movImm('R9', PLANS.steps);
  a.movImm('R10', shared + PLANS.at);
  a.bind(again);
  a.alu('and', 'RDX', PLANS.rows - 1, 4);
  a.imulImm('RDI', 'RDX', PLANS.rowBytes, 4);
  a.alu('add', 'RDI', 'R10');
  a.mov('RSI', at('RDI', PLAN.type));
  a.alu('cmp', 'RSI', 'RAX');
  a.jcc('e', found);
  a.test('RSI', 'RSI');
  a.jcc('e', none);
  a.alu('add', 'RDX', 1, 4);
  a.dec('R9');
  a.jcc('ne', again);
  a.bind(none);
  a.alu('xor', 'RDI', 'RDI', 4);
  a.bind(found);
  a.ret();
}

/** A string or interface at RSI goes into the part at R11; EDX says which. Uses RAX, RDX, RSI, R9, R10, R11. */
function writeChase(a: Assembler, { options, offsets }: CodeConfig, copy: number): void {
  const [string, noMethods, indirect, bytes, text, short, nothing] = Array.from({ length: 7 }, () =>
    a.label(),
  ) as [Label, Label, Label, Label, Label, Label, Label];
  const part = (name: keyof typeof KEY_PART) => at('R11', KEY_PART[name]);
  a.storeImm(part('type'), 0, 8);
  a.storeImm(part('length'), 0, 8);
  a.storeImm(part('stored'), 0, 4);
  a.storeImm(part('state'), PART_CHASED, 4);
  a.alu('cmp', 'RDX', 1, 4);
  a.jcc('e', string);
  a.mov('R9', at('RSI'));
  a.test('R9', 'R9');
  a.jcc('e', nothing);
  a.alu('cmp', 'RDX', 3, 4);
  a.jcc('ne', noMethods);
  a.mov('R9', at('R9', ITAB_TYPE));
  a.bind(noMethods);
  a.mov(part('type'), 'R9');
  a.mov('R10', at('RSI', 8));
  a.testImm(at('R9', offsets.typeDirectIface), offsets.typeDirectIfaceMask, 1);
  a.jcc('e', indirect);
  a.mov(part('bytes'), 'R10');
  a.storeImm(part('length'), 8, 8);
  a.storeImm(part('stored'), 8, 4);
  a.bind(nothing);
  a.ret();
  a.bind(indirect);
  a.movzx('RAX', at('R9', TYPE.kind), 1);
  a.alu('and', 'RAX', KIND.mask, 4);
  a.alu('cmp', 'RAX', KIND.string, 4);
  a.jcc('ne', bytes);
  a.mov('RSI', 'R10');
  a.bind(string);
  a.mov('RDX', at('RSI', 8));
  a.mov('RSI', at('RSI'));
  a.jmp(text);
  a.bind(bytes);
  a.mov('RDX', at('R9', TYPE.size));
  a.mov('RSI', 'R10');
  a.bind(text);
  a.mov(part('length'), 'RDX');
  const limit = Math.min(KEY_PART_MAX, options.keyBytes);
  a.alu('cmp', 'RDX', limit);
  a.jcc('be', short);
  a.movImm('RDX', limit);
  a.bind(short);
  a.mov(part('stored'), 'RDX', 4);
  a.alu('add', 'R11', KEY_PART.bytes);
  a.jmp(copy);
}

interface Helpers {
  readonly copy: number;
  readonly findPlan: number;
  readonly chase: number;
}

function writeKeyByPointer(a: Assembler, config: CodeConfig, helpers: Helpers): void {
  const [string, dynamic, body, end] = [a.label(), a.label(), a.label(), a.label()];
  for (const register of SAVED) a.push(register);
  a.mov('RBX', 'RCX');
  a.mov('R9', at('RAX', TYPE.mapKey));
  a.mov('RSI', 'RBX');
  kindOf(a, 'R9');
  a.alu('cmp', 'RDX', KIND.string, 4);
  a.jcc('e', string);
  a.alu('cmp', 'RDX', KIND.interface, 4);
  a.jcc('e', dynamic);
  a.mov('RDX', at('R9', TYPE.size));
  a.jmp(body);
  a.bind(dynamic);
  writeInterface(a, config, { string, body, end });
  a.bind(string);
  writeString(a, config, helpers.copy, end);
  a.bind(body);
  writeBody(a, helpers, end);
  a.bind(end);
  for (const register of [...SAVED].reverse()) a.pop(register);
  a.ret();
}

function kindOf(a: Assembler, type: 'R9' | 'RAX'): void {
  a.movzx('RDX', at(type, TYPE.kind), 1);
  a.alu('and', 'RDX', KIND.mask, 4);
}

/** The key at RBX is an interface of type R9: on with what it holds, type in RAX, address in RBX, size in RDX. */
function writeInterface(
  a: Assembler,
  { offsets }: CodeConfig,
  to: { readonly string: Label; readonly body: Label; readonly end: Label },
): void {
  const [noMethods, indirect] = [a.label(), a.label()];
  emptyBody(a);
  a.mov('RAX', at('RBX'));
  a.test('RAX', 'RAX');
  a.jcc('e', to.end);
  a.alu('cmp', at('R9', TYPE.interfaceMethods), 0);
  a.jcc('e', noMethods);
  a.mov('RAX', at('RAX', ITAB_TYPE));
  a.bind(noMethods);
  a.mov(field('keyType'), 'RAX');
  a.mov('RBX', at('RBX', 8));
  a.testImm(at('RAX', offsets.typeDirectIface), offsets.typeDirectIfaceMask, 1);
  a.jcc('e', indirect);
  a.storeImm(field('keyForm'), KEY_WORD, 1);
  a.storeImm(field('keyStored'), 8, 2);
  a.mov('RDX', at('RAX', TYPE.size));
  a.mov(field('keySize'), 'RDX');
  a.mov(field('key'), 'RBX');
  a.jmp(to.end);
  a.bind(indirect);
  a.mov('RSI', 'RBX');
  kindOf(a, 'RAX');
  a.alu('cmp', 'RDX', KIND.string, 4);
  a.jcc('e', to.string);
  a.mov('RDX', at('RAX', TYPE.size));
  a.jmp(to.body);
}

function emptyBody(a: Assembler): void {
  a.storeImm(field('keyForm'), KEY_BYTES, 1);
  a.storeImm(field('keyStored'), 0, 2);
  for (let part = 0; part < 2; part++)
    a.storeImm(at(USE.record, RECORD.key + partAt(part) + KEY_PART.state), 0, 4);
}

const partAt = (part: number): number => KEY_BODY.part + part * KEY_BODY.partSize;

/** The header of a string is at RSI. */
function writeString(a: Assembler, { options }: CodeConfig, copy: number, end: Label): void {
  const short = a.label();
  a.storeImm(field('keyForm'), KEY_STRING, 1);
  a.mov('RDX', at('RSI', 8));
  a.mov('RSI', at('RSI'));
  a.mov(field('keySize'), 'RDX');
  const limit = Math.min(KEY_TEXT_MAX, options.keyBytes);
  a.alu('cmp', 'RDX', limit);
  a.jcc('be', short);
  a.movImm('RDX', limit);
  a.bind(short);
  a.mov(field('keyStored'), 'RDX', 2);
  a.lea('R11', field('key'));
  a.call(copy);
  a.jmp(end);
}

/** RDX bytes at RBX, and what the plan of type RAX says lies elsewhere. */
function writeBody(a: Assembler, { copy, findPlan, chase }: Helpers, end: Label): void {
  const [short, planned] = [a.label(), a.label()];
  emptyBody(a);
  a.mov(field('keySize'), 'RDX');
  a.alu('cmp', 'RDX', KEY_RAW_MAX);
  a.jcc('be', short);
  a.movImm('RDX', KEY_RAW_MAX);
  a.bind(short);
  a.mov(field('keyStored'), 'RDX', 2);
  a.mov('RSI', 'RBX');
  a.lea('R11', field('key'));
  a.call(copy);
  a.call(findPlan);
  a.test('RDI', 'RDI');
  a.jcc('ne', planned);
  a.alu('or', field('flags'), FLAG_KEY_UNPLANNED, 1);
  a.jmp(end);
  a.bind(planned);
  for (let part = 0; part < 2; part++) {
    a.movzx('RCX', at('RDI', PLAN.count), 1);
    a.alu('cmp', 'RCX', part, 4);
    a.jcc('be', end);
    a.movzx('RDX', at('RDI', PLAN.kinds + part), 1);
    a.mov('RSI', at('RDI', PLAN.offsets + 4 * part), 4);
    a.alu('add', 'RSI', 'RBX');
    a.lea('R11', at(USE.record, RECORD.key + partAt(part)));
    a.call(chase);
  }
}
