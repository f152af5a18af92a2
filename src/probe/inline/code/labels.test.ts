import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeX86, type Instruction } from '../../../binary/x86/instruction.ts';
import { fileAddr } from '../../../model/addr.ts';
import type { PatchSite } from '../../../model/patch_plan.ts';
import type { RuntimeOffsets } from '../../../model/probe_plan.ts';
import {
  FLAG_LABELS,
  FLAG_WRITING,
  KEY_AREA,
  LABEL,
  LABEL_NAME_UNREADABLE,
  LABEL_THERE,
  LABEL_VALUE_UNREADABLE,
  LABELS,
  LABELS_AREA,
  LABELS_READ,
  LABELS_UNREADABLE,
  MAX_LABELS,
  RECORD,
  RECORD_HEAD,
} from '../../../model/record.ts';
import { callWithTwo, succeed, SYS, trySyscall, viewMemory } from '../../../sys/libc.ts';
import { Assembler } from '../asm/assembler.ts';
import type { CodeConfig } from './config.ts';
import { writeEntry } from './entry.ts';
import { writeRoutines } from './routines.ts';
import { entrySite, SITE } from './testing.ts';

const PAGE = 4096;
const PROTECTION = { none: 0, readWrite: 3, all: 7 };
const PRIVATE_ANONYMOUS = 0x22;
/** Pages of the test: code, the goroutine with all that hangs on it, and one that may not be read. */
const PAGES = { code: 0, memory: 1, forbidden: 9, bytes: 10 * PAGE };
const G_LABELS = 320;
const FILLER = 0xee;

const offsets = (labelsForm: RuntimeOffsets['labelsForm']): RuntimeOffsets => ({
  gStackLo: 0,
  gStackHi: 8,
  gGoid: 152,
  gStartpc: 272,
  gLabels: G_LABELS,
  labelsForm,
  mapWriting: 8,
  mapWritingMask: 4,
  typeDirectIface: 23,
  typeDirectIfaceMask: 32,
});

const config = (form: RuntimeOffsets['labelsForm'], labels = true, frames = 0): CodeConfig => ({
  options: { mode: 'events', sampleEvery: 1, frames, keyBytes: 64, labels, verdicts: false, ringBytes: 1 << 18 },
  offsets: offsets(form),
  thread: { gM: 48, mProcid: 72, mP: 200 },
  shape: { slots: 64, stride: 2048, ps: 16 },
  shared: 0x7100_0000,
  bias: 0,
}); // prettier-ignore

/** One label as it stands in a record. */
interface Kept {
  readonly name: string;
  readonly value: string;
  readonly lengths: readonly [name: number, value: number];
  readonly state: number;
}

/** A goroutine with labels in memory of our own, and a record that is filled by the routine as a trampoline calls it. */
class Scene {
  readonly #at: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #record = new Uint8Array(RECORD_HEAD + KEY_AREA + LABELS_AREA + 8).fill(FILLER);
  #code = 0;
  #used = 512;

  constructor() {
    const mapped = trySyscall(SYS.mmap, 0, PAGES.bytes, PROTECTION.all, PRIVATE_ANONYMOUS, -1, 0);
    this.#at = succeed(mapped, 'mmap of a test');
    succeed(
      trySyscall(SYS.mprotect, this.#at + PAGES.forbidden * PAGE, PAGE, PROTECTION.none),
      'mprotect of a test',
    );
    this.#bytes = viewMemory(this.#at, PAGES.forbidden * PAGE);
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + PAGES.memory * PAGE);
  }

  /** The first address that may not be read. */
  get edge(): number {
    return this.#at + PAGES.forbidden * PAGE;
  }

  /** Words go to a new place, or to where is said. */
  words(list: readonly (number | bigint)[], at = this.room(8 * list.length)): number {
    list.forEach((word, i) => this.#view.setBigUint64(at - this.#g + 8 * i, BigInt(word), true));
    return at;
  }

  text(text: string, at = this.room(text.length)): number {
    this.#bytes.set(Buffer.from(text), at - this.#at);
    return at;
  }

  /** The pointer and the length of each text, one after the other. */
  strings(...texts: readonly string[]): number[] {
    return texts.flatMap((text) => [this.text(text), text.length]);
  }

  room(bytes: number): number {
    const at = this.#g + this.#used;
    this.#used += Math.ceil(bytes / 8) * 8;
    if (this.#g + this.#used > this.edge - PAGE) throw new Error('a scene that is too large');
    return at;
  }

  /** What the routine makes of labels at an address. */
  taken(form: RuntimeOffsets['labelsForm'], labels: number): { total: number; state: number; kept: Kept[] } {
    this.words([labels], this.#g + G_LABELS);
    this.#record.fill(FILLER);
    this.#record[RECORD.flags] = FLAG_WRITING;
    const record = this.room(this.#record.length);
    this.#bytes.set(this.#record, record - this.#at);
    callWithTwo(this.#made(form), record, this.#g);
    return readBack(this.#bytes.slice(record - this.#at, record - this.#at + this.#record.length));
  }

  close(): void {
    trySyscall(SYS.munmap, this.#at, PAGES.bytes);
  }

  get #g(): number {
    return this.#at + PAGES.memory * PAGE;
  }

  /** `f(record, g)` */
  #made(form: RuntimeOffsets['labelsForm']): number {
    if (this.#code !== 0) return this.#code;
    const a = new Assembler(this.#at);
    const { labels = 0 } = writeRoutines(a, config(form));
    this.#code = a.here;
    a.push('R13');
    a.push('R14');
    a.mov('R13', 'RDI');
    a.mov('R14', 'RSI');
    a.call(labels);
    a.pop('R14');
    a.pop('R13');
    a.ret();
    this.#bytes.set(a.finish(), 0);
    return this.#code;
  }
}

function readBack(record: Uint8Array): { total: number; state: number; kept: Kept[] } {
  expect(record[RECORD.flags]).toBe(FLAG_WRITING | FLAG_LABELS);
  const area = RECORD_HEAD + KEY_AREA;
  expect(new Set(record.subarray(area + LABELS_AREA))).toEqual(new Set([FILLER]));
  expect(record[area - 1]).toBe(FILLER);
  const view = new DataView(record.buffer, record.byteOffset + area, LABELS_AREA);
  const kept: Kept[] = [];
  for (let i = 0; i < MAX_LABELS; i++) {
    const at = LABELS.label + i * LABEL.size;
    const state = view.getUint32(at + LABEL.state, true);
    if (state === 0) continue;
    const lengths = [LABEL.nameLength, LABEL.valueLength].map((field) => view.getUint32(at + field, true));
    const text = (field: number, room: number): string => {
      const bytes = record.subarray(area + at + field, area + at + field + room);
      const end = bytes.indexOf(FILLER);
      return Buffer.from(bytes.subarray(0, end < 0 ? room : end)).toString('latin1');
    };
    kept.push({
      name: text(LABEL.name, 48),
      value: text(LABEL.value, 64),
      lengths: [lengths[0] ?? 0, lengths[1] ?? 0],
      state,
    });
  }
  const [total, state] = [LABELS.total, LABELS.state].map((at) => Number(view.getBigUint64(at, true)));
  return { total: total ?? 0, state: state ?? 0, kept };
}

const label = (name: string, value: string, state = LABEL_THERE): Kept => ({
  name,
  value,
  lengths: [name.length, value.length],
  state,
});

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => {
  scene.close();
});

describe('labels as a list', () => {
  const list = (elements: readonly number[], length = elements.length / 4, capacity = length): number =>
    scene.words([elements.length === 0 ? 0 : scene.words(elements), length, capacity]);

  it('are taken in their order', () => {
    const at = list([...scene.strings('user', 'anna'), ...scene.strings('empty', ''), ...scene.strings('', 'x')]);
    expect(scene.taken('list', at)).toEqual({
      total: 3,
      state: LABELS_READ,
      kept: [label('user', 'anna'), label('empty', ''), label('', 'x')],
    });
  }); // prettier-ignore

  it.each([0, 1, 7, 8, 9, 40])('%i of them are at most eight, and counted', (n) => {
    const texts = Array.from({ length: n }, (_, i) => scene.strings(`n${i}`, `value ${i}`));
    const { total, kept } = scene.taken('list', list(texts.flat()));
    expect(total).toBe(n);
    expect(kept).toEqual(Array.from({ length: Math.min(n, 8) }, (_, i) => label(`n${i}`, `value ${i}`)));
  });

  it.each([1, 3, 7, 8, 15, 16, 17, 47, 48, 49, 63, 64, 65, 200])(
    'of %i bytes are cut where they have to be, and nothing behind them is read',
    (length) => {
      const text = 'abcdefghij'.repeat(20).slice(0, length);
      const at = scene.text(text, scene.edge - length);
      const { kept } = scene.taken('list', list([at, length, at, length]));
      const state = LABEL_THERE;
      expect(kept).toEqual([
        { name: text.slice(0, 48), value: text.slice(0, 64), lengths: [length, length], state },
      ]);
    },
  );

  it('a length beyond 32 bits is told as the most, and bounds nothing', () => {
    const at = scene.text('x'.repeat(64));
    const { kept } = scene.taken('list', list([at, 2 ** 40, at, 2 ** 32 - 1]));
    expect(kept[0]?.lengths).toEqual([0xffff_ffff, 0xffff_ffff]);
  });

  it('a text without a place is unreadable, an empty one without a place is empty', () => {
    const there = scene.strings('name');
    const { kept } = scene.taken('list', list([0, 5, ...there, ...there, 8, 5, ...there, 0, 0]));
    expect(kept.map(({ state }) => state)).toEqual([
      LABEL_THERE | LABEL_NAME_UNREADABLE,
      LABEL_THERE | LABEL_VALUE_UNREADABLE,
      LABEL_THERE,
    ]);
    expect(kept[1]).toMatchObject({ name: 'name', value: '\x08\0\0\0\0\0\0\0' });
    expect(kept[2]).toEqual(label('name', ''));
  });

  it('that is none is unreadable, and not followed', () => {
    const element = [...scene.strings('a', 'b')];
    expect(scene.taken('list', list(element, 2, 1))).toMatchObject({ state: LABELS_UNREADABLE, kept: [] });
    const nowhere = scene.words([0, 3, 3]);
    expect(scene.taken('list', nowhere)).toMatchObject({ state: LABELS_UNREADABLE, kept: [] });
    expect(scene.taken('list', 0)).toMatchObject({ state: LABELS_UNREADABLE, kept: [] });
    expect(scene.taken('list', 4095)).toMatchObject({ state: LABELS_UNREADABLE, kept: [] });
    expect(scene.taken('list', 2 ** 47)).toMatchObject({ state: LABELS_UNREADABLE, kept: [] });
  });
});

describe('labels as a map', () => {
  /** The only, or the first, bucket of a map. */
  function bucket(cells: readonly { readonly top: number; readonly name: string; readonly value: string }[]) {
    const at = scene.words(Array.from({ length: 33 }, () => 0n));
    cells.forEach(({ top, name, value }, i) => {
      scene.text(String.fromCharCode(top), at + i);
      scene.words(scene.strings(name), at + 8 + 16 * i);
      scene.words(scene.strings(value), at + 136 + 16 * i);
    });
    return at;
  }
  const map = (count: number, buckets: number): number =>
    scene.words([scene.words([count, 0n, buckets, 0n])]);
  const cell = (i: number, top = 5 + i) => ({ top, name: `n${i}`, value: `value ${i}` });

  it.each([1, 7, 8])('%i of them are told', (n) => {
    const cells = Array.from({ length: n }, (_, i) => cell(i));
    const { total, state, kept } = scene.taken('map', map(n, bucket(cells)));
    expect([total, state]).toEqual([n, LABELS_READ]);
    expect(kept).toEqual(cells.map(({ name, value }) => label(name, value)));
  });

  it('cells that are empty, were never used or have moved are left out', () => {
    const cells = [cell(0, 1), cell(1, 5), cell(2, 4), cell(3, 127), cell(4, 2), cell(5, 3), cell(6, 0)];
    const { total, kept } = scene.taken('map', map(40, bucket(cells)));
    expect(total).toBe(40);
    expect(kept).toEqual([label('n1', 'value 1'), label('n3', 'value 3')]);
  });

  it('that is nil or empty has none', () => {
    expect(scene.taken('map', scene.words([0]))).toEqual({ total: 0, state: LABELS_READ, kept: [] });
    expect(scene.taken('map', map(0, 0))).toEqual({ total: 0, state: LABELS_READ, kept: [] });
  });

  it('that is none is unreadable, and not followed', () => {
    expect(scene.taken('map', map(3, 0))).toMatchObject({ state: LABELS_UNREADABLE, kept: [] });
    expect(scene.taken('map', scene.words([7]))).toMatchObject({ state: LABELS_UNREADABLE, kept: [] });
    expect(scene.taken('map', 0)).toMatchObject({ state: LABELS_UNREADABLE, kept: [] });
  });
});

describe('the trampolines', () => {
  const site = entrySite();
  const patch: PatchSite = {
    site: 3,
    address: fileAddr(SITE),
    original: new Uint8Array(8),
    displaced: [{ kind: 'bytes', bytes: Uint8Array.of(0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xec, 0x10) }],
    first: 0,
    flagsLive: false,
  };
  const CODE = 0x7000_0000;

  function made(...args: Parameters<typeof config>) {
    const a = new Assembler(CODE);
    const all = config(...args);
    const routines = writeRoutines(a, all);
    const begin = writeEntry(a, all, routines, { site, patch, exits: false });
    const code = decodeX86(a.finish(), fileAddr(CODE));
    return { begin, routines, own: code.filter(({ address }) => address >= begin), code };
  }
  const texts = (code: readonly Instruction[]): string[] => code.map(({ text }) => text);

  it.each(['list', 'map'] as const)('look once whether a goroutine has any (%s)', (form) => {
    const { own, routines, begin, code } = made(form, true, 4);
    const looks = own.filter(({ text }) => text.includes('[r14+140h]'));
    expect(texts(looks)).toEqual(['cmp qword ptr [r14+140h],0']);
    const next = own[own.findIndex(({ text }) => text.includes('[r14+140h]')) + 1];
    expect(next?.mnemonic).toBe('jne');
    const calls = own.filter(({ target }) => target === routines.labels);
    expect(calls).toHaveLength(1);
    // Behind the way of those that have none.
    const back = own.findIndex(({ target }) => target === SITE + patch.original.length);
    expect(own.findIndex(({ target }) => target === routines.labels)).toBeLessThan(back);
    expect(next?.target).toBeGreaterThan(own.find(({ mnemonic }) => mnemonic === 'call')?.address ?? 0);
    const starts = new Set<number>(code.map(({ address }) => address));
    for (const { target, flow } of code)
      if (['jump', 'branch', 'call'].includes(flow))
        expect(starts.has(target ?? 0) || target === SITE + patch.original.length).toBe(true);
    const routine = code.filter(({ address }) => address >= (routines.labels ?? 0) && address < begin);
    const pushed = texts(routine).filter((text) => text.startsWith('push')).map((text) => text.slice(5)); // prettier-ignore
    const popped = texts(routine).filter((text) => text.startsWith('pop')).map((text) => text.slice(4)); // prettier-ignore
    expect(popped).toEqual([...pushed].reverse());
    const changed = new Set(routine.flatMap(({ writes }) => writes));
    const free = ['RDX', 'RSI', 'R9', 'R10', 'R11', 'RSP', ...pushed.map((name) => name.toUpperCase())];
    expect([...changed].filter((register) => !free.includes(register))).toEqual([]);
  });

  it('have not an instruction more where no labels are asked for', () => {
    const { own, code, routines } = made('list', false, 4);
    expect(routines.labels).toBeUndefined();
    expect(texts(code).join('\n')).not.toContain('[r14+140h]');
    const placeless = (list: readonly Instruction[]): string[] =>
      list.map(({ text, target, mnemonic }) => (target === undefined ? text : mnemonic));
    const [without, withThem] = [placeless(own), placeless(made('list', true, 4).own)];
    withThem.splice(withThem.indexOf('cmp qword ptr [r14+140h],0'), 2);
    const behind = withThem.findIndex((text, i) => text !== without[i]);
    expect(withThem.toSpliced(behind, withThem.length - without.length)).toEqual(without);
  });
});
