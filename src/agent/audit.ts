import type { Closable } from '../base/dispose.ts';
import { isMapauditError } from '../base/errors.ts';
import { addr, fileAddr } from '../model/addr.ts';
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
import { versionName } from '../query/version_name.ts';
import { Target } from './target.ts';
import type { ProbeWay } from './way.ts';

/** Kernel tables that are full: what does not fit is decided in user space. */
const TABLE_FULL = 'E2BIG';

/** Where a stream of events comes from: a live audit, or what a recorder has left. */
export interface EventSource {
  readonly plan: ProbePlan;
  readonly probe: RunningProbe;
  target(pid: number): Target | undefined;
  planUnplanned(batch: EventBatch): void;
  setVerdict(pid: number, subject: VerdictSubject, address: number, accept: boolean): void;
  siteCounts(): readonly SiteCount[];
}

/**
 * A probe in place, with the processes that it has met: one, or for a whole binary all that run it. What is
 * known of a process is gathered when its first event comes.
 */
export class Audit implements Closable, EventSource {
  readonly plan: ProbePlan;
  readonly probe: RunningProbe;
  readonly attached: Attached;
  readonly #scope: ProbeScope;
  readonly #targets = new Map<number, Target | undefined>();
  readonly #planned = new Set<string>();
  readonly #first: Target;

  constructor(first: Target, scope: ProbeScope, { plan, attach }: ProbeWay, options: ProbeOptions) {
    this.plan = plan;
    this.#scope = scope;
    this.#first = first;
    const memory =
      scope.type === 'process'
        ? first.memory
        : { name: scope.path, read: (at: number, n: number) => first.binary.read(fileAddr(at), n) };
    const bias = scope.type === 'process' ? first.bias : (0 as Target['bias']);
    const keyPlans = options.keyBytes > 0 ? first.keyPlans() : [];
    this.probe = attach({ plan, scope, options, code: { memory, bias }, keyPlans });
    if (scope.type === 'binary') this.probe.setKeyPlans(first.pid, keyPlans);
    this.attached = attachedLine(first, plan, this.probe.attachMs);
    this.#targets.set(first.pid, first);
  }

  /**
   * The process with a pid: opened when it is asked for first. For one that has gone before that the first
   * process answers, if all that run the binary have the same addresses; otherwise undefined.
   */
  target(pid: number): Target | undefined {
    const number = pid === 0 && this.#scope.type === 'process' ? this.#scope.pid : pid;
    if (!this.#targets.has(number)) this.#targets.set(number, this.#open(number));
    const target = this.#targets.get(number);
    return target ?? (this.#first.bias === 0 && !this.#first.binary.elf.isPie ? this.#first : undefined);
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
    try {
      this.probe.setVerdict(pid, subject, addr(address), accept);
    } catch (error) {
      if (!isMapauditError(error) || error.fields['name'] !== TABLE_FULL) throw error;
    }
  }

  siteCounts(): readonly SiteCount[] {
    return this.probe.siteCounts();
  }

  /** The kernel's counters; under a probe of one process they carry its pid. */
  counters(): readonly KernelCounter[] {
    const scope = this.#scope;
    const counters = this.probe.counters();
    return scope.type === 'process' ? counters.map((counter) => ({ ...counter, pid: scope.pid })) : counters;
  }

  /** Processes that have been met and still run. */
  get targets(): readonly Target[] {
    return [...this.#targets.values()].filter((target) => target !== undefined);
  }

  forget(pid: number): void {
    const target = this.#targets.get(pid);
    if (target !== this.#first) target?.close();
    this.#targets.delete(pid);
  }

  close(): void {
    this.probe.close();
    for (const target of this.#targets.values()) if (target !== this.#first) target?.close();
    this.#first.close();
    this.#targets.clear();
  }

  #open(pid: number): Target | undefined {
    try {
      const target = Target.open(toPid(pid));
      this.probe.setKeyPlans(pid, target.keyPlans());
      return target;
    } catch (error) {
      if (isMapauditError(error)) return undefined;
      throw error;
    }
  }

  #plan(pid: number, type: number): void {
    const name = `${pid} ${type}`;
    if (this.#planned.has(name)) return;
    this.#planned.add(name);
    const plan = this.target(pid)?.keyPlanOf(addr(type));
    if (plan !== undefined) this.probe.setKeyPlans(pid, [plan]);
  }
}

function attachedLine(target: Target, plan: ProbePlan, attachMs: number): Attached {
  return {
    type: 'attached',
    pid: target.pid,
    name: target.facts.name,
    go_version: versionName(target.binary.version),
    flavour: plan.flavour,
    probes: plan.sites.length,
    attach_ms: attachMs,
  };
}
