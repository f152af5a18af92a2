import { basename } from 'node:path';
import type { Closable } from '../base/dispose.ts';
import { isMapauditError } from '../base/errors.ts';
import { imageEnd } from '../binary/elf/image.ts';
import { type Addr, addr, bias, fileAddr } from '../model/addr.ts';
import { pid as toPid } from '../model/ids.ts';
import type {
  KernelCounter,
  ProbeOptions,
  ProbeScope,
  RunningProbe,
  SiteCount,
  VerdictSubject,
} from '../model/probe.ts';
import type { ProbePlan } from '../model/probe_plan.ts';
import { FLAG_KEY_UNPLANNED, RECORD_ENTRY } from '../model/record.ts';
import type { Attached } from '../protocol/attached.ts';
import type { EventBatch } from '../model/event_batch.ts';
import type { ReadLease } from '../sys/lease.ts';
import { type KernelKey, kernelKey } from '../query/key/kernel_value.ts';
import { versionName } from '../query/version_name.ts';
import { Program } from './program.ts';
import { type OpenedBinary, Target } from './target.ts';
import type { ProbeWay } from './way.ts';

/** Kernel tables that are full: what does not fit is decided in user space. */
const TABLE_FULL = 'E2BIG';

/** Where a stream of events comes from: a live audit, or what a recorder has left. */
export type EventSource = Pick<
  Audit,
  'plan' | 'moved' | 'probe' | 'target' | 'planUnplanned' | 'setVerdict' | 'siteCounts'
>;

/** What is audited: one process, or a binary with all processes that run it. */
export type Subject =
  | { readonly type: 'process'; readonly target: Target }
  | ({
      readonly type: 'binary';
      readonly path: string;
      readonly program: Program;
      /** Keeps the file as it is: breakpoints must not land in other code. */
      readonly lease: ReadLease;
    } & OpenedBinary);

/**
 * A probe in place, with the processes that it has met: one, or for a whole binary all that run it. What is
 * known of a process is gathered when its first event comes.
 */
export class Audit implements Closable {
  readonly plan: ProbePlan;
  readonly probe: RunningProbe;
  readonly attached: Attached;
  /** How the kernel tells the key of `options.keyLiteral`, where it can. */
  readonly kernelKey: KernelKey | undefined;
  readonly #subject: Subject;
  readonly #ownsProgram: boolean;
  readonly #program: Program;
  readonly #programs = new Map<number, Program>();
  readonly #planned = new Set<string>();

  /** With `ownsProgram` false, `close` leaves it open for others that look at the same process. */
  constructor(subject: Subject, { plan, attach }: ProbeWay, options: ProbeOptions, ownsProgram = true) {
    this.plan = plan;
    this.#ownsProgram = ownsProgram;
    this.#subject = subject;
    this.#program = subject.type === 'process' ? subject.target : subject.program;
    const { binary, bias } = this.#program;
    const memory =
      subject.type === 'process'
        ? subject.target.memory
        : { name: subject.path, read: (at: number, n: number) => binary.read(fileAddr(at), n) };
    const asked = options.keyLiteral;
    if (asked !== undefined)
      this.kernelKey = kernelKey(asked.text, binary.typeReader(), binary.mapTypes(), asked.mapType);
    // In place before the first hit, also of processes that begin later.
    const keyPlans = options.keyBytes > 0 ? this.#program.keyPlans() : [];
    this.probe = attach({
      plan,
      scope: scopeOf(subject),
      options: this.kernelKey === undefined ? options : { ...options, ...this.kernelKey.filter },
      code: { memory, bias },
      keyPlans,
    });
    this.attached = attachedLine(subject, this.#program, plan, this.probe);
    if (subject.type === 'process') this.#programs.set(subject.target.pid, subject.target);
  }

  /**
   * The program of the process with a pid, looked at when it is asked for first. One that has gone before that is
   * known by the binary; undefined where nobody can say any more where it had that.
   */
  target(pid: number): Program | undefined {
    const subject = this.#subject;
    if (subject.type === 'process') return subject.target;
    const known = this.#programs.get(pid);
    if (known !== undefined) return known;
    const program = this.#meet(pid, subject);
    if (program !== undefined) this.#programs.set(pid, program);
    return program;
  }

  /** Tells the kernel of types whose keys it could not fetch in full, so that this happens once a type. */
  planUnplanned(batch: EventBatch): void {
    for (let row = 0; row < batch.length; row++) {
      if (batch.kind[row] !== RECORD_ENTRY || ((batch.flags[row] ?? 0) & FLAG_KEY_UNPLANNED) === 0) continue;
      const pid = batch.pid[row] ?? 0;
      for (const type of [batch.type[row] ?? 0, batch.keyType[row] ?? 0])
        if (type !== 0) this.#plan(pid, type);
    }
  }

  /** A verdict that finds no room in the kernel is only slower: user space gives it again for each event. */
  setVerdict(pid: number, subject: VerdictSubject, address: number, accept: boolean): void {
    const place = this.#placeOf(pid, address);
    if (place === undefined) return;
    try {
      this.probe.setVerdict(place.pid, subject, place.address, accept);
    } catch (error) {
      if (!isMapauditError(error) || error.fields['name'] !== TABLE_FULL) throw error;
    }
  }

  siteCounts(): readonly SiteCount[] {
    return this.probe.siteCounts();
  }

  /** The kernel's counters; under a probe of one process they carry its pid. */
  counters(): readonly KernelCounter[] {
    const subject = this.#subject;
    const counters = this.probe.counters();
    if (subject.type === 'binary') return counters;
    return counters.map((counter) => ({ ...counter, pid: subject.target.pid }));
  }

  /** Processes that were met while they ran, and have not been forgotten since. */
  get targets(): readonly Target[] {
    return [...this.#programs.values()].filter((program) => program instanceof Target);
  }

  /** What is known of a process no longer holds: it has become another program, or another has its pid. */
  forget(pid: number): void {
    if (this.#subject.type === 'binary') this.#programs.delete(pid);
  }

  /**
   * Processes of a batch that have the binary somewhere else than before: they ran it anew. What was known of them
   * is forgotten.
   */
  moved(batch: EventBatch): readonly number[] {
    if (this.#subject.type !== 'binary' || !this.#program.binary.elf.isPie) return [];
    const pids = new Set(batch.pid.subarray(0, batch.length));
    const moved = [...pids].filter((pid) => {
      const known = this.#programs.get(pid);
      return known !== undefined && known.bias !== this.probe.loadBias(pid);
    });
    for (const pid of moved) this.forget(pid);
    return moved;
  }

  /** Somebody waits to overwrite the binary: its probes must go. */
  get isInTheWay(): boolean {
    return this.#subject.type === 'binary' && this.#subject.lease.wanted;
  }

  /** Takes the probe out without holding all up; `close` follows. */
  async takeOut(): Promise<void> {
    await this.probe.takeOut?.();
  }

  close(): void {
    this.probe.close();
    if (this.#subject.type === 'binary') this.#subject.lease.close();
    if (this.#ownsProgram) this.#program.close();
    this.#programs.clear();
  }

  #meet(pid: number, subject: Subject & { type: 'binary' }): Program | undefined {
    const { binary } = subject;
    const found = binary.elf.isPie ? this.probe.loadBias(pid) : 0;
    const loadBias = found === undefined ? undefined : bias(found);
    try {
      const running = Target.running(toPid(pid), subject, loadBias);
      if (running !== undefined) return running;
    } catch (error) {
      if (!isMapauditError(error)) throw error;
    }
    return loadBias === undefined ? undefined : new Program(binary, loadBias, undefined, () => undefined);
  }

  #plan(pid: number, type: number): void {
    const name = `${pid} ${type}`;
    if (this.#planned.has(name)) return;
    this.#planned.add(name);
    const plan = this.target(pid)?.keyPlanOf(addr(type));
    const place = this.#placeOf(pid, type);
    if (plan !== undefined && place !== undefined)
      this.probe.setKeyPlans(place.pid, [{ ...plan, type: place.address }]);
  }

  /** Under which pid and address the kernel keeps what it is told of an address in a process. */
  #placeOf(pid: number, address: number): { readonly pid: number; readonly address: Addr } | undefined {
    if (this.#subject.type === 'process') return { pid: 0, address: addr(address) };
    const program = this.target(pid);
    if (program === undefined) return undefined;
    const inFile = address - program.bias;
    const isInImage = inFile >= 0 && inFile < imageEnd(program.binary.elf);
    return isInImage ? { pid: 0, address: addr(inFile) } : { pid, address: addr(address) };
  }
}

function scopeOf(subject: Subject): ProbeScope {
  if (subject.type === 'process') return { type: 'process', pid: subject.target.pid };
  const { elf } = subject.binary;
  return { type: 'binary', path: subject.path, imageEnd: imageEnd(elf), relocated: elf.isPie };
}

function attachedLine(subject: Subject, program: Program, plan: ProbePlan, probe: RunningProbe): Attached {
  return {
    type: 'attached',
    ...(subject.type === 'process'
      ? { pid: subject.target.pid, name: subject.target.facts.name }
      : { name: basename(subject.path), exe: subject.path }),
    go_version: versionName(program.binary.version),
    flavour: plan.flavour,
    probes: plan.sites.length,
    attach_ms: probe.attachMs,
    ...(probe.stillMs === undefined ? {} : { still_ms: probe.stillMs }),
  };
}
