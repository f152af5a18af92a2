import type { Closable } from '../base/dispose.ts';
import type { MapauditError } from '../base/errors.ts';
import { isMapauditError } from '../base/errors.ts';
import { type GoBinary, openGoBinary } from '../go/go_binary.ts';
import { identifyGo } from '../go/identify.ts';
import { bias } from '../model/addr.ts';
import type { MapOp } from '../model/map_op.ts';
import type { ProbeOptions } from '../model/probe.ts';
import type { ProbePlan } from '../model/probe_plan.ts';
import { BuildProbe } from '../probe/build/build_probe.ts';
import { requireRights } from '../probe/kernel/preflight.ts';
import type { Notice } from '../protocol/notice.ts';
import type { ProbeKind } from '../protocol/options.ts';
import type { Selection } from '../protocol/selection.ts';
import { openFile } from '../sys/file_source.ts';
import { ReadLease } from '../sys/lease.ts';
import { Audit, type Subject } from './audit.ts';
import type { Effects } from './plans.ts';
import { Program } from './program.ts';
import { InlinePays } from './inline_pays.ts';
import { labelsUnread } from './labels_unread.ts';
import { noSuchType } from './no_such_type.ts';
import { refusePatched } from './patched.ts';
import { fileIdentity, identityOf, selectPids } from './select.ts';
import { Target, type TargetEnd } from './target.ts';
import { kindFor, wayFor } from './way.ts';

/** What a fleet tells its run. */
export interface FleetEvents {
  readonly joined: (audit: Audit) => void;
  readonly left: (audit: Audit) => void;
  readonly notice: (notice: Notice) => void;
}

/** What to attach to each process. */
export interface FleetOptions {
  readonly selection: Selection;
  readonly ops: readonly MapOp[];
  readonly effects: Effects;
  /** Also the methods of sync.Map. */
  readonly sync?: boolean;
  /** Which map types are meant: a regular expression. */
  readonly map?: string | undefined;
  readonly probe: ProbeOptions;
  /** Another plan than that for `ops` and `effects`; uprobes alone can follow it. */
  readonly plan?: (binary: GoBinary) => ProbePlan;
  /** How operations are noticed; absent: by uprobes. */
  readonly kind?: ProbeKind;
}

/**
 * The audits of one run: one for a pid, one for a whole binary, one for each process that a name matches.
 * `look` finds new processes and says good-bye to those that have ended.
 */
export class Fleet implements Closable {
  readonly #options: FleetOptions;
  readonly #events: FleetEvents;
  readonly #audits = new Set<Audit>();
  /** Processes that were tried: pid and start time of those that are audited or cannot be. */
  readonly #known = new Set<number>();
  /** Device and inode of the files that were tried. */
  readonly #files = new Set<string>();
  /** One probe for all processes of a file: uprobes stand in it, other probes are in each process. */
  readonly #together: boolean;
  readonly #pays = new InlinePays();
  #lastEnd: TargetEnd | undefined;

  constructor(options: FleetOptions, events: FleetEvents) {
    this.#options = options;
    this.#events = events;
    const { selection } = options;
    this.#together = selection.type === 'exe' && kindOfFile(selection.path, this.#kind) === 'kernel';
    if (selection.type === 'exe' && this.#together) {
      this.#attachFile(selection.path, fileIdentity(selection.path));
      if (selectPids(selection).length === 0)
        this.#say('info', 'waiting', `no process runs ${selection.path} yet; the probes wait for one`);
      return;
    }
    this.#attachNew(true);
    if (this.#audits.size === 0) this.#say('info', 'waiting', `no process matches yet; waiting for one`);
  }

  get audits(): readonly Audit[] {
    return [...this.#audits];
  }

  /** Why nothing more can come; undefined while it can. A name or a path may get new processes at any time. */
  get ended(): TargetEnd | undefined {
    return this.#options.selection.type === 'pid' && this.#audits.size === 0 ? this.#lastEnd : undefined;
  }

  look(): void {
    const { selection } = this.#options;
    for (const audit of this.audits) this.#checkTargets(audit);
    this.#weighInline();
    for (const audit of this.audits) if (audit.isInTheWay) this.#giveWay(audit);
    if (selection.type === 'exe' && this.#together) this.#followFile(selection.path);
    else if (selection.type !== 'pid') this.#attachNew(false);
  }

  /** Takes all probes out without holding all up, and closes. */
  async end(): Promise<void> {
    try {
      for (const audit of this.#audits) await audit.takeOut();
    } finally {
      this.close();
    }
  }

  /** Closes all, also where one of them fails. Errors: the first of theirs. */
  close(): void {
    const failed: unknown[] = [];
    for (const audit of this.#audits)
      try {
        audit.close();
      } catch (error) {
        failed.push(error);
      }
    this.#audits.clear();
    if (failed.length > 0) throw failed[0];
  }

  /** Says once when operations come so often that the inline probe would pay. */
  #weighInline(): void {
    if (this.#options.kind !== 'auto') return;
    const uprobes = this.audits.filter(({ probe }) => !(probe instanceof BuildProbe));
    const hits = uprobes.flatMap((audit) => audit.siteCounts().map((count) => count.hits));
    const notice = this.#pays.look(hits.reduce((sum, count) => sum + count, 0));
    if (notice !== undefined) this.#events.notice(notice);
  }

  #checkTargets(audit: Audit): void {
    for (const target of audit.targets) {
      const end = target.ended();
      if (end === undefined) continue;
      this.#lastEnd = end;
      this.#known.delete(target.pid);
      const how = end === 'target-exec' ? 'runs another program now' : 'has ended';
      const { name } = target.facts;
      if (this.#options.selection.type !== 'pid')
        this.#say('info', 'process-left', `${name} (pid ${target.pid}) ${how}`);
      if (this.#together) audit.forget(target.pid);
      else this.#drop(audit);
    }
  }

  #drop(audit: Audit): void {
    this.#events.left(audit);
    this.#audits.delete(audit);
    audit.close();
  }

  #attachNew(first: boolean): void {
    const { selection } = this.#options;
    for (const pid of selectPids(selection)) {
      if (this.#known.has(pid)) continue;
      this.#known.add(pid);
      try {
        const target = Target.open(pid);
        this.#attach(target, { type: 'process', target });
      } catch (error) {
        if (!isMapauditError(error) || selection.type === 'pid' || (first && this.#isGeneral(error)))
          throw error;
        if (error.code !== 'not-go' && error.code !== 'no-such-process')
          this.#say('warning', 'not-audited', `pid ${pid} is not audited: ${error.message}`, error.hint);
      }
    }
  }

  get #kind(): ProbeKind {
    return this.#options.kind ?? 'kernel';
  }

  /** Would be the same for every process. */
  #isGeneral(error: MapauditError): boolean {
    return ['missing-capability', 'not-permitted', 'kernel-missing', 'verifier'].includes(error.code);
  }

  /** Probes of a file stand in it before any process runs it, and see each from its first operation. */
  #attachFile(path: string, identity: string): void {
    this.#files.add(identity);
    for (const pid of selectPids({ type: 'exe', path })) refusePatched(pid);
    const lease = leaseOf(path);
    const file = openFile(path);
    const close = (): void => file.close();
    try {
      const binary = openGoBinary(file);
      const program = new Program(binary, bias(0), undefined, close);
      this.#attach(program, { type: 'binary', path, binary, identity: file.identity, program, lease });
    } catch (error) {
      lease.close();
      close();
      throw error;
    }
  }

  /** Probes in a file that is overwritten would stand in other code. They come back when it is complete. */
  #giveWay(audit: Audit): void {
    this.#drop(audit);
    this.#files.clear();
    this.#say(
      'info',
      'file-overwritten',
      'the file is being overwritten: its probes are out until it is complete',
    );
  }

  /** A program that was built anew is another file of the same name: it is audited too. */
  #followFile(path: string): void {
    const identity = identityOf(path);
    if (identity === undefined || this.#files.has(identity)) return;
    try {
      this.#attachFile(path, identity);
      this.#say('info', 'file-replaced', `${path} is another file now, which is audited too`);
    } catch (error) {
      if (!isMapauditError(error)) throw error;
      if (error.code === 'file-being-written') {
        this.#files.delete(identity);
        return;
      }
      const message = `${path} is another file now, which is not audited: ${error.message}`;
      this.#say('warning', 'not-audited', message, error.hint);
    }
  }

  #attach(program: Program, subject: Subject): void {
    const { ops, effects, sync, map, probe } = this.#options;
    try {
      const own = this.#options.plan?.(program.binary);
      const pid = subject.type === 'process' ? subject.target.pid : undefined;
      const kind = pid === undefined ? 'kernel' : kindFor(program.binary, this.#kind);
      if (pid !== undefined && kind === 'kernel') refusePatched(pid);
      const way = wayFor(program.binary, pid, { kind: this.#kind, ops, effects, sync, plan: own });
      const audit = new Audit(subject, way, probe);
      const unread = probe.labels === true ? labelsUnread(program.binary, kind, audit.probe) : undefined;
      this.#audits.add(audit);
      this.#events.joined(audit);
      if (unread !== undefined) this.#events.notice(unread);
      const none = map === undefined || sync === true ? undefined : noSuchType(program.binary, map);
      if (none !== undefined) this.#events.notice(none);
    } catch (error) {
      program.close();
      throw error;
    }
  }

  #say(level: Notice['level'], code: string, message: string, hint?: string): void {
    this.#events.notice({ type: 'notice', level, code, message, ...(hint === undefined ? {} : { hint }) });
  }
}

/**
 * What is no Go program at all says so, and who may not probe is told that, whether or not the file could be
 * guarded. Errors: those of `take`, `identifyGo` and `requireRights`.
 */
function leaseOf(path: string): ReadLease {
  try {
    return ReadLease.take(path);
  } catch (error) {
    if (!isMapauditError(error, 'file-being-written')) {
      requireGo(path);
      requireRights();
    }
    throw error;
  }
}

/** Errors: those of `identifyGo`. */
function requireGo(path: string): void {
  const file = openFile(path);
  try {
    identifyGo(file);
  } finally {
    file.close();
  }
}

/** What a file has tells which probe it gets. Errors: those of `openGoBinary` and `kindFor`. */
function kindOfFile(path: string, kind: ProbeKind): Exclude<ProbeKind, 'auto'> {
  if (kind === 'kernel' || kind === 'inline') return kind;
  requireGo(path);
  const file = openFile(path);
  try {
    return kindFor(openGoBinary(file), kind);
  } finally {
    file.close();
  }
}
