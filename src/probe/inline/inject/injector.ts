import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { MapauditError } from '../../../base/errors.ts';
import { freePlace } from './free_place.ts';
import { checkSeccomp } from './check_seccomp.ts';
import { holdAllowed } from './hold_allowed.ts';
import { encodeHeader, type Journal, OWN, OWN_BYTES, ownOf, type PatchedSite } from './journal.ts';
import { type HeldThread, holdOne, leavePayload, type Places, runPayload } from './one_thread.ts';
import { CALLS, makePayload, type PayloadKind } from './payload.ts';
import { findRemains, foreign, isClean, type Remains, type Room, same } from './remains.ts';
import { cannotStop, whileStill } from './stand_still.ts';
import { sleep, type Tracee } from './tracee.ts';

/** Bytes of a jump, and its opcode. */
const JUMP_BYTES = 5;
const JMP = 0xe9;
const SETUP_TRIES = 3;
const EEXIST = -17;
const CLEAR_TRIES = 1000;

/** The program that is patched, in addresses of the process. */
export interface Patched {
  readonly room: Room;
  readonly text: { readonly start: number; readonly end: number };
  /** Bytes of the program's file that belong at an address. */
  original(address: number, length: number): Uint8Array | undefined;
}

/** What is to be put in place. `codeFor` makes the trampolines once it is known where they go. */
export interface Injection {
  readonly sites: readonly { readonly address: number; readonly original: Uint8Array }[];
  readonly codeBytes: number;
  readonly sharedBytes: number;
  readonly codeFor: (place: Journal) => {
    readonly at: number;
    readonly bytes: Uint8Array;
    readonly trampolines: readonly number[];
  };
  /** Where the program has what belongs to each P. */
  readonly addressesOfPs: (place: Journal) => readonly number[];
  /** Has the memory ready for the first hit. Gets a descriptor of it, which is closed afterwards. */
  readonly prepare: (place: Journal, memory: number) => void;
}

/** How long the program had to wait. */
export interface InjectionCost {
  /** Those of its threads that ran stood still, at most, in microseconds. */
  readonly stillUs: number;
  /** And those that slept in a system call, which would not go on when they were woken meanwhile. */
  readonly heldUs: number;
  readonly tries: number;
}

/**
 * Changes a running program such that whoever does it can be killed at any instant: one thread runs a payload that
 * puts itself to rights, and only bytes of whole jumps are written while all threads stand still.
 */
export class Injector {
  readonly #tracee: Tracee;
  readonly #patched: Patched;

  constructor(tracee: Tracee, patched: Patched) {
    this.#tracee = tracee;
    this.#patched = patched;
  }

  /** Whether anything of a mapaudit is in the program. Errors: `foreign-code`. */
  get remains(): Remains {
    return findRemains(this.#tracee, this.#patched.room);
  }

  /**
   * Takes out whatever is there, of this mapaudit or another, dead one. Gives undefined when nothing was. Errors: those
   * of the parts; `memory-stays` when the jumps are out, and what they led to may not be unmapped.
   */
  remove(): InjectionCost | undefined {
    if (isClean(this.remains)) return undefined;
    const cost = this.#clearSites();
    this.#unmap();
    return cost;
  }

  /** Errors: those of the parts; then nothing is changed, or it is undone. */
  attach(injection: Injection): InjectionCost {
    this.remove();
    this.#checkSites(injection);
    try {
      return this.#patch(this.#setUp(injection));
    } catch (error) {
      this.#undo();
      throw error;
    }
  }

  /** What is left then is in nobody's way, and the next mapaudit takes it out. */
  #undo(): void {
    try {
      this.remove();
    } catch (error) {
      if (!(error instanceof MapauditError)) throw error;
    }
  }

  #checkSites({ sites }: Injection): void {
    const mappings = this.#tracee.mappings();
    for (const { address, original } of sites) {
      const found = this.#tracee.read(address, original.length);
      if (!same(found, original)) throw foreign(this.#tracee, address, found);
      const inside = mappings.find(({ start, end }) => address >= start && address + original.length <= end);
      if (inside?.rights !== 'r-xp')
        throw new MapauditError(
          'unusual-mapping',
          `pid ${this.#tracee.pid} has its code mapped as ${inside?.rights ?? 'nothing'}`,
          {
            hint: 'Use --probe kernel.',
          },
        );
    }
  }

  /** Memory for trampolines and rings. */
  #setUp(injection: Injection): Trampolines {
    for (let attempt = 1; ; attempt++) {
      const held = holdOne(this.#tracee, this.#places(injection.sites));
      try {
        const made = this.#tryToSetUp(injection, held);
        if (made !== undefined) return made;
      } finally {
        held.thread.release();
      }
      this.remove();
      if (attempt === SETUP_TRIES) throw cannotStop(this.#tracee, 'there is no place for trampolines');
    }
  }

  #tryToSetUp(injection: Injection, held: HeldThread): Trampolines | undefined {
    const tracee = this.#tracee;
    const { codeBytes, sharedBytes } = injection;
    const place = {
      ...freePlace(tracee, this.#patched.text.start, codeBytes, sharedBytes),
      codeBytes,
      sharedBytes,
    };
    const at = this.#patched.room.address;
    checkSeccomp(tracee, held.thread.tid, { kind: 'setup', at, place });
    // What may not be taken out again is not put in.
    checkSeccomp(tracee, held.thread.tid, { kind: 'remove', at, place });
    let memory = -1;
    const results = this.#runPayload('setup', place, held, (call, result, all) => {
      if (call === CALLS.setup.length - 1 && result >= 0) memory = openMemory(tracee.pid, all[0] ?? -1);
    });
    const [fd = -1, shared, own, wiped, code] = results;
    const mapped = shared === ownOf(place) && own === shared && wiped === 0 && code === place.code;
    const right = fd >= 0 && mapped && memory >= 0;
    try {
      let made: Trampolines | undefined;
      if (right) made = this.#writeTrampolines(injection, place, memory);
      leavePayload(tracee, held.thread, this.#roomRange);
      this.#restoreRoom();
      if (!right && shared !== EEXIST && code !== EEXIST) throw setupFailed(tracee.pid, results);
      return made;
    } finally {
      if (memory >= 0) closeSync(memory);
    }
  }

  #writeTrampolines(injection: Injection, place: Journal, memory: number): Trampolines {
    const tracee = this.#tracee;
    ftruncateSync(memory, place.codeBytes + OWN_BYTES + place.sharedBytes);
    injection.prepare(place, memory);
    const { at, bytes, trampolines } = injection.codeFor(place);
    tracee.write(ownOf(place), ownWords(injection.addressesOfPs(place)));
    tracee.write(at, bytes);
    tracee.step('trampolines');
    const sites = injection.sites.map(({ address, original }, i): PatchedSite => ({
      address,
      original,
      trampoline: trampolines[i] ?? 0,
    }));
    const { body, magic } = encodeHeader({ ...place, sites });
    tracee.write(place.code, body);
    tracee.write(place.code, magic);
    tracee.step('header');
    if (!same(tracee.read(at, bytes.length), bytes))
      throw cannotStop(tracee, 'the trampolines read back differently');
    return { sites };
  }

  #patch({ sites }: Trampolines): InjectionCost {
    const tracee = this.#tracee;
    // A page that was written to once is the process's own: that takes time which nobody should wait for.
    for (const { address, original } of sites) tracee.write(address, original.subarray(0, 1));
    tracee.step('pages copied');
    const { stillUs, heldUs, tries } = whileStill(tracee, {
      keepOut: sites.map(({ address, original }) => ({ start: address + 1, end: address + original.length })),
      // Somebody else may have come meanwhile: a uprobe is one byte.
      expected: sites.map(({ address, original }) => ({ address, bytes: original })),
      writes: sites.map(({ address, trampoline }) => ({ address, bytes: jump(address, trampoline) })),
      name: 'site patched',
      watched: [],
      goText: this.#patched.text,
    });
    return { stillUs, heldUs, tries };
  }

  /** All sites as they were, and nobody left in what is to be taken away. */
  #clearSites(): InjectionCost {
    const tracee = this.#tracee;
    let [stillUs, heldUs] = [0, 0];
    for (let tries = 1; tries <= CLEAR_TRIES; tries++) {
      const { code, header } = this.remains;
      const patched = (header?.sites ?? []).flatMap((site) => {
        const now = this.#patchOf(site, code);
        return now === undefined ? [] : [{ ...site, now }];
      });
      const watched = code === undefined ? [] : [{ start: code.start, end: code.start + code.bytes }];
      const cost = whileStill(tracee, {
        keepOut: [],
        expected: patched.map(({ address, now }) => ({ address, bytes: now })),
        writes: patched.map(({ address, original }) => ({
          address,
          bytes: original.subarray(0, JUMP_BYTES),
        })),
        name: 'site restored',
        watched: [...watched, this.#roomRange],
        goText: this.#patched.text,
      });
      stillUs = Math.max(stillUs, cost.stillUs);
      heldUs = Math.max(heldUs, cost.heldUs);
      if (!cost.inside) return { stillUs, heldUs, tries };
      sleep(0.3);
    }
    throw cannotStop(tracee, 'some thread stays in a trampoline');
  }

  /**
   * What stands at a patched site; undefined where it is the program's own. Errors: `foreign-code` where it is neither
   * that nor our jump.
   */
  #patchOf({ address, original }: PatchedSite, code: Remains['code']): Uint8Array | undefined {
    const now = this.#tracee.read(address, original.length);
    if (same(now, original)) return undefined;
    if (now.length < original.length) throw this.#tracee.gone();
    const target = address + JUMP_BYTES + new DataView(now.buffer, now.byteOffset).getInt32(1, true);
    const ours =
      now[0] === JMP && code !== undefined && target >= code.start && target < code.start + code.bytes;
    const file = this.#patched.original(address, original.length);
    const rest = same(now.subarray(JUMP_BYTES), original.subarray(JUMP_BYTES));
    if (!ours || !rest || file === undefined || !same(file, original)) throw foreign(this.#tracee, address);
    return now;
  }

  #unmap(): void {
    const tracee = this.#tracee;
    const { code, shared } = this.remains;
    if (code === undefined && shared === undefined) {
      this.#restoreRoom();
      return;
    }
    // A length of 0, the page before it counted, is refused and does no harm: what is not there any more is others'.
    const place = {
      code: code?.start ?? 0,
      codeBytes: code?.bytes ?? 0,
      shared: shared?.start ?? OWN_BYTES,
      sharedBytes: shared?.bytes ?? -OWN_BYTES,
    };
    const held = holdAllowed(tracee, this.#places([]), {
      kind: 'remove',
      at: this.#patched.room.address,
      place,
    });
    try {
      this.#runPayload('remove', place, held, () => undefined);
      leavePayload(tracee, held.thread, this.#roomRange);
      this.#restoreRoom();
    } finally {
      held.thread.release();
    }
    if (!isClean(this.remains)) throw cannotStop(tracee, 'its memory could not be unmapped');
  }

  #runPayload(
    kind: PayloadKind,
    place: Journal,
    { thread, back }: HeldThread,
    ended: (call: number, result: number, all: readonly number[]) => void,
  ): readonly number[] {
    const tracee = this.#tracee;
    const { address, original } = this.#patched.room;
    const { bytes, start } = makePayload(address, kind, place, back);
    if (bytes.length > original.length) throw cannotStop(tracee, 'there is no room for the payload');
    const half = JOURNAL_FIRST + ((bytes.length - JOURNAL_FIRST) >> 1);
    const parts: readonly [number, number, string][] = [
      [0, JOURNAL_FIRST, 'journal'],
      [JOURNAL_FIRST, half, 'half of the payload'],
      [half, bytes.length, 'payload'],
    ];
    for (const [from, to, name] of parts) {
      tracee.write(address + from, bytes.subarray(from, to));
      tracee.step(name);
    }
    const all: number[] = [];
    const run = { start, room: this.#roomRange, calls: CALLS[kind].length };
    runPayload(tracee, thread, run, (call, result) => {
      all.push(result);
      ended(call, result, all);
    });
    return all;
  }

  #restoreRoom(): void {
    const { address, original } = this.#patched.room;
    this.#tracee.write(address, original);
    this.#tracee.step('start code restored');
  }

  get #roomRange(): Places['room'] {
    const { address, original } = this.#patched.room;
    return { start: address, end: address + original.length };
  }

  #places(sites: Injection['sites']): Places {
    return {
      text: this.#patched.text,
      room: this.#roomRange,
      sites: sites.map(({ address, original }) => ({ start: address, end: address + original.length })),
    };
  }
}

interface Trampolines {
  readonly sites: readonly PatchedSite[];
}

/** What stands in the page that is the process's own. */
function ownWords(addressesOfPs: readonly number[]): Uint8Array {
  if (addressesOfPs.length > OWN.most) throw new Error('internal: more Ps than there is room for');
  const words = new BigUint64Array(OWN.ps / 8 + addressesOfPs.length);
  words[OWN.here / 8] = 1n;
  words.set(addressesOfPs.map(BigInt), OWN.ps / 8);
  return new Uint8Array(words.buffer);
}

const JOURNAL_FIRST = 40;

const setupFailed = (pid: number, results: readonly number[]): MapauditError =>
  new MapauditError(
    'not-permitted',
    `pid ${pid} may not map memory for trampolines (${results.join(', ')}); nothing is left of it`,
    { hint: 'A security module or a limit on memory forbids it. Use --probe kernel.' },
  );

function jump(from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(JUMP_BYTES);
  bytes[0] = JMP;
  new DataView(bytes.buffer).setInt32(1, to - (from + JUMP_BYTES), true);
  return bytes;
}

function openMemory(pid: number, fd: number): number {
  try {
    return openSync(`/proc/${pid}/fd/${fd}`, 'r+');
  } catch {
    return -1;
  }
}
