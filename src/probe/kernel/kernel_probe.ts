import { CloseStack } from '../../base/dispose.ts';
import { MapauditError } from '../../base/errors.ts';
import type { Addr, Bias } from '../../model/addr.ts';
import type { ByteSource } from '../../model/byte_source.ts';
import type { KeyPlan } from '../../model/key_plan.ts';
import type {
  KernelCounter,
  ProbeOptions,
  ProbeRunTimes,
  ProbeScope,
  RunningProbe,
  SiteCount,
  VerdictSubject,
} from '../../model/probe.ts';
import type { ProbePlan } from '../../model/probe_plan.ts';
import type { RingChunk } from '../../model/ring_chunk.ts';
import { loadProgram, lookupElement, programRunTime, updateElement, updateElements } from '../../sys/bpf.ts';
import { monotonicNs } from '../../sys/clock.ts';
import { onlineRows, ownPidNamespace } from '../../sys/cpus.ts';
import type { Fd } from '../../sys/fd.ts';
import { lockProcess } from '../shared/process_lock.ts';
import { counterSlots, fillConfig } from './config.ts';
import { KernelCounters, readSiteCounts, readTotal, withRest } from './counters.ts';
import { supportsUprobeMulti } from './features.ts';
import { type Attachment, type AttachMethod, attachSites } from './links.ts';
import { createMaps, type ProbeMaps, u32 } from './maps.ts';
import { type ElfObject, parseElfObject } from './object/elf_object.ts';
import { readObject } from './object/read_object.ts';
import { relocate } from './object/relocate.ts';
import { preflight, requireRights } from './preflight.ts';
import { explainFailure } from './requirements.ts';
import { RingReader } from './ring.ts';
import { mapRing } from './ring_memory.ts';
import { encodeKeyPlan, encodeTypeKey, encodeVerdictKey } from './tables.ts';
import { verifierError } from './verifier_log.ts';

/** What to attach, where. */
export interface KernelProbeSpec {
  readonly plan: ProbePlan;
  readonly scope: ProbeScope;
  readonly options: ProbeOptions;
  /** Code to compare the plan with: the process's memory, or the file's image with bias 0. */
  readonly code: { readonly memory: ByteSource; readonly bias: Bias };
  /** How to fetch keys, told to the kernel before the first hit. */
  readonly keyPlans?: readonly KeyPlan[];
  /** Attach the program that does nothing instead: the floor that costs are measured against. */
  readonly empty?: boolean;
  /** Another program at the entries, of another object. */
  readonly program?: KernelProgram;
}

/** A program other than the one that records or counts each hit. */
export interface KernelProgram {
  /** `bpf/race.bpf.o` */
  readonly object: string;
  /** Its section, behind `uprobe/`. */
  readonly entry: string;
  /** Fills what the object has in its read-only data beside what all programs have; `at` is where a variable begins. */
  readonly fill: (data: Uint8Array, at: (name: string) => number) => void;
}

/** A probe, and the BPF maps of its object by name. */
export interface KernelRunningProbe extends RunningProbe {
  map(name: string): Fd;
}

const OBJECT = 'bpf/mapaudit.bpf.o';
/** A program may be held up between reserving its record and taking its time stamp, or the other way round. */
const SLACK_NS = 2_000_000n;
/** Words of struct control, and the values of `stopped` that end each kind of site. */
const CONTROL = { sampleEvery: 0, stopped: 1, noKeys: 2, words: 4 } as const;
const STOPPED = { entry: 1, exit: 2 } as const;

/** Loads the eBPF programs and attaches them. When it throws, nothing is left in place. */
export function attachKernelProbe(spec: KernelProbeSpec): KernelRunningProbe {
  const began = monotonicNs();
  requireRights();
  const closing = new CloseStack();
  try {
    if (spec.scope.type === 'process') {
      const lock = lockProcess(spec.scope.pid, 'beside-others');
      if (lock !== undefined) closing.add(lock);
    }
    preflight(spec);
    return new KernelProbe(spec, closing, began);
  } catch (error) {
    closing.close();
    throw explainFailure(error);
  }
}

class KernelProbe implements KernelRunningProbe {
  readonly attachMs: number;
  readonly #closing: CloseStack;
  /** In the order in which they end. */
  readonly #attachments: Attachment[] = [];
  readonly #maps: ProbeMaps;
  readonly #rings: readonly RingReader[];
  readonly #counters: KernelCounters | undefined;
  readonly #byProcess: boolean;
  readonly #hasVerdicts: boolean;
  readonly #sites: readonly number[];
  readonly takesLabels = true;
  fill = 0;
  /** struct control. */
  readonly #control = new Uint32Array(CONTROL.words);
  #watermark = 0n;
  readonly #programs: { readonly role: 'entry' | 'exit'; readonly program: Fd }[] = [];
  /** Hits of each site that no counter had room for. */
  readonly #rest = new Map<number, number>();

  constructor(spec: KernelProbeSpec, closing: CloseStack, began: bigint) {
    const { plan, scope, options } = spec;
    this.#closing = closing;
    this.#byProcess = scope.type === 'binary';
    this.#hasVerdicts = options.verdicts;
    this.#sites = plan.sites.map((site) => site.index);
    const object = parseElfObject(readObject(spec.program?.object ?? OBJECT));
    const own = closing.add.bind(closing);
    const method: AttachMethod = supportsUprobeMulti() ? 'multi' : 'perf';
    const slots = onlineRows() * counterSlots(options);
    const wishes = {
      ringBytes: options.ringBytes,
      counterSlots: slots,
      unused: unusedTables(spec),
      growing: method === 'multi',
    };
    this.#maps = createMaps(object, readOnlyData(object, spec, method), wishes, own);
    this.#rings = this.#maps.rings.map((fd) => own(new RingReader(mapRing(fd, options.ringBytes))));
    const counts = options.mode !== 'events';
    this.#counters = counts
      ? own(new KernelCounters(this.#maps.named('counter_slots'), slots, this.#maps.named('counters')))
      : undefined;
    this.setSampling(options.sampleEvery);
    this.setKeyPlans(0, spec.keyPlans ?? []);
    // Exits first: an entry that has no exit yet would wait for it in vain.
    for (const role of ['exit', 'entry'] as const) {
      const sites = plan.sites.filter((site) => site.role === role);
      if (sites.length === 0) continue;
      const program = own(this.#load(object, sectionOf(spec, role), method));
      this.#programs.push({ role, program });
      const stop = (): void => this.#setControl(CONTROL.stopped, STOPPED[role]);
      this.#attachments.unshift(attachSites(program, { sites, scope, method, stop }, own));
    }
    this.attachMs = Number(monotonicNs() - began) / 1e6;
  }

  drain(consume: (chunk: RingChunk) => void): bigint {
    let watermark = monotonicNs() - SLACK_NS;
    this.fill = 0;
    for (const ring of this.#rings) {
      let last: bigint | undefined;
      const { busy, fill } = ring.drain((chunk) => {
        consume(chunk);
        last = timeOfLast(chunk);
      });
      this.fill = Math.max(this.fill, fill);
      // Behind an unfinished record others may lie: only what was handed out is complete.
      if (busy) watermark = min(watermark, last === undefined ? this.#watermark : last - SLACK_NS);
    }
    this.#watermark = watermark > this.#watermark ? watermark : this.#watermark;
    return this.#watermark;
  }

  detach(): void {
    for (const attachment of this.#attachments) attachment.detach();
  }

  async takeOut(): Promise<void> {
    this.detach();
    for (const attachment of this.#attachments) await attachment.takeOut();
  }

  lost(): number {
    return readTotal(this.#maps.named('lost'));
  }

  siteCounts(): readonly SiteCount[] {
    return readSiteCounts(this.#maps.named('site_counts'), this.#sites);
  }

  counters(): readonly KernelCounter[] {
    if (this.#counters === undefined) return [];
    const totals = this.siteCounts();
    return withRest(this.#counters.read(), totals, this.#rest);
  }

  setKeyPlans(pid: number, plans: readonly KeyPlan[]): void {
    const map = this.#maps.named('key_plans');
    const keys = plans.map((plan) => encodeTypeKey(plan.type, this.#tablePid(pid)));
    updateElements(map, plans.length, Buffer.concat(keys), Buffer.concat(plans.map(encodeKeyPlan)));
  }

  setVerdict(pid: number, subject: VerdictSubject, address: Addr, accept: boolean): void {
    if (!this.#hasVerdicts) return;
    const key = encodeVerdictKey(subject, address, this.#tablePid(pid));
    updateElement(this.#maps.named('verdicts'), key, u32(Number(accept)));
  }

  loadBias(pid: number): number | undefined {
    const value = new BigUint64Array(1);
    return lookupElement(this.#maps.named('biases'), u32(pid), value) ? Number(value[0]) : undefined;
  }

  setSampling(every: number): void {
    this.#setControl(CONTROL.sampleEvery, every);
  }

  captureKeys(on: boolean): void {
    this.#setControl(CONTROL.noKeys, on ? 0 : 1);
  }

  runTimes(): ProbeRunTimes {
    let [entries, exits, ns] = [0, 0, 0];
    for (const { role, program } of this.#programs) {
      const { runs, ns: time } = programRunTime(program);
      if (role === 'entry') entries += runs;
      else exits += runs;
      ns += time;
    }
    return { entries, exits, ns };
  }

  map(name: string): Fd {
    return this.#maps.named(name);
  }

  close(): void {
    this.#closing.close();
  }

  #load(object: ElfObject, program: string, method: AttachMethod): Fd {
    const instructions = relocate(object, `uprobe/${program}`, (name) => this.#maps.numberOf(name));
    const spec = { name: `mapaudit_${program}`, instructions, license: 'GPL', multi: method === 'multi' };
    return loadProgram(spec, (log) => verifierError(program, log));
  }

  #setControl(field: number, value: number): void {
    this.#control[field] = value;
    updateElement(this.#maps.named('control'), u32(0), this.#control);
  }

  #tablePid(pid: number): number {
    return this.#byProcess ? pid : 0;
  }
}

function unusedTables({ scope, options }: KernelProbeSpec): ReadonlySet<string> {
  const unused: string[] = [];
  if (options.mode === 'events') unused.push('counter_slots', 'counters');
  if (!options.verdicts) unused.push('verdicts');
  if (scope.type === 'process') unused.push('biases');
  return new Set(unused);
}

function sectionOf({ empty, program }: KernelProbeSpec, role: 'entry' | 'exit'): string {
  if (empty === true) return 'empty';
  return role === 'entry' ? (program?.entry ?? role) : role;
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

function timeOfLast({ bytes, offsets, count }: RingChunk): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(offsets[count - 1] ?? 0, true);
}

function readOnlyData(object: ElfObject, spec: KernelProbeSpec, method: AttachMethod): Uint8Array {
  const { plan, scope, options } = spec;
  const section = object.section('.rodata');
  const at = (name: string): number => {
    const symbol = object.symbols.find((s) => s.section === section.index && s.name === name);
    if (symbol === undefined)
      throw new MapauditError('broken-install', `mapaudit's eBPF object lacks ${name}`);
    return symbol.value;
  };
  const data = section.bytes.slice();
  const around = {
    shared: scope.type === 'binary' ? scope : undefined,
    stoppable: method === 'perf',
    pidNamespace: ownPidNamespace(),
  };
  const places = { config: at('config'), sites: at('sites'), beyond: at('beyond') };
  fillConfig(data, places, plan, options, around);
  spec.program?.fill(data, at);
  return data;
}
