import { describe, expect, it } from 'vitest';
import { decodeX86, type Instruction } from '../../../binary/x86/instruction.ts';
import { fileAddr } from '../../../model/addr.ts';
import type { PatchSite } from '../../../model/patch_plan.ts';
import type { EntrySite, KeySource, Register } from '../../../model/probe_plan.ts';
import { Assembler } from '../asm/assembler.ts';
import { HEADER, PS_AT } from '../layout.ts';
import { OWNER, OWNERS, P_RACE, RACE_AT, RACE_TABLES, TYPES } from '../race_layout.ts';
import { PLANS, SHARED_P } from '../../shared/layout.ts';
import { entrySite, SITE } from './testing.ts';
import { writeRaceEntry } from './race_entry.ts';
import { writeRaceRoutines } from './race_look.ts';
import { writeRoutines } from './routines.ts';

const CODE = 0x7000_0000;
const SHARED = 0x7100_0000;
const config = {
  options: {
    mode: 'events',
    sampleEvery: 1,
    frames: 4,
    keyBytes: 64,
    verdicts: false,
    ringBytes: 1 << 18,
  },
  offsets: {
    gStackLo: 0,
    gStackHi: 8,
    gGoid: 152,
    gStartpc: 272,
    gLabels: 320,
    labelsForm: 'list',
    mapWriting: 34,
    mapWritingMask: 1,
    typeDirectIface: 23,
    typeDirectIfaceMask: 32,
  },
  thread: { gM: 48, mProcid: 72, mP: 200 },
  shape: { slots: 64, stride: 512, ps: 16 },
  shared: SHARED,
  bias: 0x1000,
  owners: SHARED + 0x1000_0000,
  told: SHARED + 0x1000_0000 + OWNERS * OWNER.bytes,
} as const;
const KEYS: readonly KeySource[] = [
  { kind: 'none' },
  { kind: 'word', register: 'RCX', bytes: 8 },
  { kind: 'string', pointer: 'RCX', length: 'RDI' },
  { kind: 'pointer', register: 'RCX' },
];
const SITES: readonly EntrySite[] = [
  ...KEYS.map((key) => entrySite({ key })),
  entrySite({ function: 'runtime.mapaccess1', op: 'access' }),
  entrySite({
    function: 'runtime.mapclear',
    op: 'clear',
    key: { kind: 'none' },
    type: undefined,
    map: 'RAX',
  }),
  entrySite({
    function: 'runtime.mapIterNext',
    op: 'iterate',
    key: { kind: 'none' },
    type: undefined,
    map: 'RAX',
  }),
  entrySite({ partOf: [{ name: 'x', start: fileAddr(SITE + 64), end: fileAddr(SITE + 128) }] }),
];
const patch: PatchSite = {
  site: 3,
  address: fileAddr(SITE),
  original: new Uint8Array(8),
  // push rbp; mov rbp,rsp; sub rsp,10h
  displaced: [{ kind: 'bytes', bytes: Uint8Array.of(0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xec, 0x10) }],
  first: 0,
  flagsLive: false,
};

/** The code of each site, and of the routines before it; `call` targets are in the routines. */
function made(one: EntrySite, options: Partial<typeof config.options> & { mapAddress?: number } = {}) {
  const a = new Assembler(CODE);
  const all = { ...config, options: { ...config.options, ...options } } as typeof config;
  const routines = { ...writeRoutines(a, all), ...writeRaceRoutines(a, all) };
  const begin = writeRaceEntry(a, all, routines, one, patch);
  const code = decodeX86(a.finish(), fileAddr(CODE));
  return { code, begin, routines };
}

const between = (code: readonly Instruction[], from: number, to: number): Instruction[] =>
  code.filter(({ address }) => address >= from && address < to);
/** Free at the beginning of a map function: go1.26.8 src/cmd/compile/abi-internal.md. */
const FREE: readonly Register[] = ['RDX', 'RSI', 'R8', 'R9', 'R10', 'R11', 'R12', 'R13'];

describe('the trampolines that look for races', () => {
  it.each(SITES.map((one) => [`${one.function} with a key by ${one.key.kind}`, one] as const))(
    '%s: every jump has a place to go to, and only free registers change',
    (_name, one) => {
      const { code, begin } = made(one);
      const starts = new Set<number>(code.map(({ address }) => address));
      const back = SITE + config.bias + patch.original.length;
      const own = code.filter(({ address }) => address >= begin);
      expect(own.map(({ text }) => text)).not.toContain('(bad)');
      for (const { target, flow } of code)
        if (['jump', 'branch', 'call'].includes(flow))
          expect(starts.has(target ?? 0) || target === back).toBe(true);
      expect(own.filter(({ target }) => target === back)).toHaveLength(1);
      // What the function needs is as it was: RAX is away for as long as the clock is read.
      const changed = new Set(own.filter(({ mnemonic }) => mnemonic !== 'push' && mnemonic !== 'call').flatMap(({ writes }) => writes)); // prettier-ignore
      const displaced = ['RBP', 'RSP', 'RAX'];
      expect([...changed].filter((r) => !FREE.includes(r) && !displaced.includes(r))).toEqual([]);
      const clock = own.findIndex(({ mnemonic }) => mnemonic === 'rdtsc');
      expect(own.slice(clock - 1, clock + 4).map(({ text }) => text)).toEqual(['mov rsi,rax', 'rdtsc', 'shl rdx,20h', 'or rdx,rax', 'mov rax,rsi']); // prettier-ignore
    },
  );

  it('put back what they use beyond the free registers, on every way out', () => {
    const { code, begin, routines } = made(entrySite({}));
    const look = between(code, routines.look, routines.leave);
    const texts = look.map(({ text }) => text);
    const pushed = texts.filter((text) => text.startsWith('push')).map((text) => text.slice(5));
    const popped = texts.filter((text) => text.startsWith('pop')).map((text) => text.slice(4));
    expect(popped).toEqual([...pushed].reverse());
    expect(texts.slice(0, pushed.length).every((text) => text.startsWith('push'))).toBe(true);
    expect(look.filter(({ flow }) => flow === 'return')).toHaveLength(1);
    const changed = new Set(look.flatMap(({ writes }) => writes));
    const allowed = new Set([...FREE, ...pushed.map((name) => name.toUpperCase()), 'RSP']);
    expect([...changed].filter((r) => !allowed.has(r))).toEqual([]);
    // Its callers go on with these.
    expect(['R8', 'R10', 'R11', 'R12', 'R13'].filter((r) => changed.has(r as Register))).toEqual([]);
    const leave = between(code, routines.leave, begin).map(({ text }) => text);
    expect(leave.filter((text) => text.endsWith('rsi,rax') || text.endsWith('rax,rsi'))).toHaveLength(2);
  });

  it('change what several processors change with a lock, and wait with a pause and an end', () => {
    const { code, routines, begin } = made(entrySite({}));
    const look = between(code, routines.look, begin).map(({ text }) => text);
    const touched = (offset: number): string[] =>
      look.filter((text) => text.includes(`[r9+${offset.toString(16).toUpperCase()}h]`) && /^(?:lock|xchg|inc|add|sub|xadd)/.test(text)); // prettier-ignore
    for (const text of touched(0x40)) expect(text).toMatch(/^lock|^add rsi/);
    expect(touched(0x40).filter((text) => text.startsWith('lock')).length).toBe(4);
    expect(touched(0x80)).toEqual(['xchg [r9+80h],edx']);
    expect(look.filter((text) => text === 'lock inc qword ptr [r9+8]')).toHaveLength(2);
    expect(look.filter((text) => text === 'pause')).toHaveLength(2);
    expect(look.filter((text) => text === 'cmp rdx,[r9+0E0h]')).toHaveLength(2);
  });

  it('the short way calls nothing, locks nothing and reads no clock', () => {
    const { code, begin } = made(entrySite({}));
    const own = code.filter(({ address }) => address >= begin);
    const short = own.slice(
      0,
      own.findIndex(({ flow }) => flow === 'jump'),
    );
    const texts = short.map(({ text }) => text).join('\n');
    expect(texts).not.toMatch(/call|lock|rdtsc|xchg/);
    expect(short.length).toBeLessThan(45);
  });

  it('an address that was asked for is compared before anything is counted', () => {
    const { code, begin } = made(entrySite({}), { mapAddress: 0xc000123456 });
    const texts = code.filter(({ address }) => address >= begin).map(({ text }) => text);
    const compared = texts.findIndex((text) => text.includes('0C000123456h'));
    expect(compared).toBeGreaterThan(0);
    expect(texts.findIndex((text) => text.startsWith('inc'))).toBeGreaterThan(compared);
  });
});

it('the words of race watching lie where nothing else does', () => {
  expect(RACE_AT).toBeGreaterThanOrEqual(HEADER.outsideOf + 8 * 64);
  expect(RACE_AT + TYPES.at + 8 * TYPES.most).toBeLessThanOrEqual(PLANS.at);
  expect(P_RACE.met + 8).toBeLessThanOrEqual(SHARED_P.bytes);
  expect(RACE_TABLES.told % 4096).toBe(0);
  expect(PS_AT).toBeGreaterThan(PLANS.at);
});
